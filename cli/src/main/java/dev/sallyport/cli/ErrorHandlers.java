package dev.sallyport.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever went wrong into one line on stderr and an exit status. */
final class ErrorHandlers implements IParameterExceptionHandler, IExecutionExceptionHandler {
    private static final int FAILURE = 1;
    private static final int USAGE = 2;

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        String hint = "; '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help' lists the options";
        print(e.getCommandLine(), uncapitalized(ErrorLine.of(e)) + suggestion(e) + hint);
        return USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine commandLine, @Nullable ParseResult result) {
        print(commandLine, ErrorLine.of(e));
        if (isVerbose(result)) {
            e.printStackTrace(commandLine.getErr());
            commandLine.getErr().flush();
        }
        // The library refuses a bad value of an option so, as every method does with a bad argument.
        return e instanceof UsageException || e instanceof IllegalArgumentException ? USAGE : FAILURE;
    }

    private static boolean isVerbose(@Nullable ParseResult result) {
        return result != null
                && (result.matchedOptionValue("--verbose", false)
                        || result.hasSubcommand() && isVerbose(result.subcommand()));
    }

    private static void print(CommandLine commandLine, String message) {
        commandLine.getErr().println("sallyport: " + message);
        commandLine.getErr().flush();
    }

    private static String suggestion(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return "";
        }
        List<String> suggestions = unmatched.getSuggestions();
        return suggestions.isEmpty() ? "" : " (did you mean " + suggestions.get(0) + "?)";
    }

    private static String uncapitalized(String message) {
        return message.isEmpty() ? message : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }
}
