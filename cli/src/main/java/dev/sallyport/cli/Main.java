package dev.sallyport.cli;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_OPTION_LIST;

import picocli.CommandLine;

/** Where the program starts. */
public final class Main {
    private Main() {}

    /** Runs the program and ends the JVM, with status 0 when all went well, 2 for wrong usage, 1 for any other failure. */
    public static void main(String[] args) {
        int status = commandLine().execute(args);
        System.out.flush();
        if (status != 0) {
            System.exit(status);
        }
    }

    static CommandLine commandLine() {
        var mistakes = new ErrorHandlers();
        var serve = new CommandLine(new ServeCommand());
        serve.getHelpSectionMap().put(SECTION_KEY_OPTION_LIST, new GroupedOptions());
        return new CommandLine(new SallyportCommand())
                .addSubcommand(serve)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(mistakes)
                .setExecutionExceptionHandler(mistakes);
    }
}
