package dev.sallyport.structure;

import dev.sallyport.Transport;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The library's class files, as the compiler left them. */
final class CompiledClasses {
    /** A class named on its own, or in the descriptor or generic signature of a field, method, record or annotation. */
    private static final Pattern NAME = Pattern.compile("(?:^|(?<=[L\\[]))(?:\\w+/)+[\\w$]+(?=;|<|\\.|$)");

    private final Path folder;

    private CompiledClasses(Path folder) {
        this.folder = folder;
    }

    /** The classes of the module under test, and none of the tests'. */
    static CompiledClasses ofLibrary() {
        try {
            // Any class of the library will do; the tests' own folder is another one.
            return new CompiledClasses(Path.of(Transport.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the library's classes are in no folder", e);
        }
    }

    Path folder() {
        return folder;
    }

    /** The library and Netty: what it takes to run, without the tests' own libraries. */
    List<Path> modulePath() {
        return onClassPath("netty-");
    }

    /** As {@link #modulePath}, and the annotations: what a build that depends on the library has. */
    List<Path> modulePathToCompile() {
        return onClassPath("netty-", "jspecify-");
    }

    private List<Path> onClassPath(String... prefixes) {
        return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(System.getProperty("java.class.path"))
                .map(Path::of)
                .filter(entry -> {
                    String name = entry.getFileName().toString();
                    return entry.equals(folder)
                            || (Stream.of(prefixes).anyMatch(name::startsWith)
                                    && !name.startsWith("netty-pkitesting-"));
                })
                .toList();
    }

    /** Binary names, sorted, without the descriptors of packages and of the module. */
    List<String> names() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
                    .map(file ->
                            file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .sorted()
                    .toList();
        }
    }

    /** The binary names of all classes that a class mentions, itself included. */
    Set<String> usedBy(String name) {
        try (var in = new DataInputStream(Files.newInputStream(folder.resolve(name.replace('.', '/') + ".class")))) {
            return namesInConstantPool(in);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read class " + name, e);
        }
    }

    /** JVMS 4.4. Every name a class file uses is a Utf8 constant, be it a reference, a descriptor or a signature. */
    private static Set<String> namesInConstantPool(DataInputStream in) throws IOException {
        Set<String> names = new TreeSet<>();
        in.skipNBytes(4 + 2 + 2); // magic and version
        int count = in.readUnsignedShort();
        for (int index = 1; index < count; index++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 ->
                    NAME.matcher(in.readUTF())
                            .results()
                            .forEach(match -> names.add(match.group().replace('/', '.')));
                case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
                case 15 -> in.skipNBytes(3);
                case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
                case 5, 6 -> {
                    in.skipNBytes(8);
                    index++; // long and double take two places
                }
                default -> throw new IOException("unknown constant pool tag " + tag);
            }
        }
        return names;
    }
}
