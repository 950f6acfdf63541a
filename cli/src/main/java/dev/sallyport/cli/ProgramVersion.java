package dev.sallyport.cli;

import picocli.CommandLine.IVersionProvider;

/** The answer to {@code --version}: this program, and the Java it runs on. */
final class ProgramVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Main.class.getPackage().getImplementationVersion(); // from the jar's manifest
        return new String[] {
            "sallyport " + (version == null ? "(not packaged)" : version),
            "Java " + Runtime.version() + ", " + System.getProperty("os.name") + " " + System.getProperty("os.arch")
        };
    }
}
