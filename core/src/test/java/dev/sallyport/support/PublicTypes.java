package dev.sallyport.support;

import dev.sallyport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The types of the exported package that users see, the nested ones too. */
public final class PublicTypes {
    private PublicTypes() {}

    public static List<Class<?>> all() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".class") && !file.contains("-info"))
                    .sorted()
                    .<Class<?>>map(PublicTypes::load)
                    .filter(PublicTypes::isVisible)
                    .toList();
        } catch (IOException | URISyntaxException failure) {
            throw new IllegalStateException("the library's classes are in a folder", failure);
        }
    }

    private static Path folder() throws URISyntaxException {
        return Path.of(Transport.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolve("dev/sallyport");
    }

    private static Class<?> load(String file) {
        try {
            return Class.forName(
                    "dev.sallyport." + file.substring(0, file.length() - ".class".length()),
                    false,
                    PublicTypes.class.getClassLoader());
        } catch (ClassNotFoundException missing) {
            throw new UncheckedIOException(new IOException(missing));
        }
    }

    private static boolean isVisible(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return Modifier.isPublic(type.getModifiers())
                && !type.isAnonymousClass()
                && (outer == null || isVisible(outer));
    }
}
