package dev.sallyport.cli;

import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Lists a command's options in the help under headings: each mixin is a group, and its name the heading. Picocli's own
 * groups have headings too, but forget an option given earlier when another of the group is repeated.
 */
final class GroupedOptions implements IHelpSectionRenderer {
    @Override
    public String render(Help help) {
        var text = new StringBuilder();
        for (var mixin : help.commandSpec().mixins().entrySet()) {
            text.append(String.format("%n%s:%n", mixin.getKey())).append(list(help, mixin.getValue()));
        }
        return text.toString();
    }

    private static String list(Help help, CommandSpec mixin) {
        Help.Layout layout = help.createDefaultLayout();
        layout.addOptions(mixin.options(), help.parameterLabelRenderer());
        return layout.toString();
    }
}
