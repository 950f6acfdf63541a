package dev.sallyport.cli;

/** Takes the place of java.util.logging, whose two lines a message and whose loading a small program can do without. */
public final class StderrLoggerFinder extends System.LoggerFinder {
    /** For the service loader. */
    public StderrLoggerFinder() {}

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new StderrLogger(name);
    }
}
