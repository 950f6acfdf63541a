package dev.sallyport.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a program on the module path gets. The other tests run on the class path, where no descriptor is read. */
class ModuleDescriptorTest {
    private static final CompiledClasses CLASSES = CompiledClasses.ofLibrary();

    private final ModuleDescriptor module = readDescriptor();

    @Test
    void exportsTheApiAndNothingElse() {
        assertThat(module.exports()).extracting(Exports::source).containsExactly("dev.sallyport");
        assertThat(module.exports()).noneMatch(Exports::isQualified);
    }

    @Test
    void opensNothing() {
        assertThat(module.isOpen()).isFalse();
        assertThat(module.opens()).isEmpty();
    }

    @Test
    void passesOnNothingButTheNullnessOfItsSignatures() {
        assertThat(namesOfRequires(Requires.Modifier.TRANSITIVE)).isSubsetOf("org.jspecify");
    }

    @Test
    void needsJSpecifyOnlyToCompile() {
        assertThat(namesOfRequires(Requires.Modifier.STATIC)).containsExactly("org.jspecify");
    }

    @Test
    void resolvesWithItsDependenciesOnTheModulePath() {
        // Fails for a module that is missing, or a package that two of them have.
        var resolved = Configuration.resolve(
                ModuleFinder.of(CLASSES.modulePath().toArray(Path[]::new)),
                List.of(ModuleLayer.boot().configuration()),
                ModuleFinder.of(),
                Set.of(module.name()));
        assertThat(resolved.findModule(module.name())).isPresent();
    }

    private Set<String> namesOfRequires(Requires.Modifier modifier) {
        return module.requires().stream()
                .filter(requires -> requires.modifiers().contains(modifier))
                .map(Requires::name)
                .collect(Collectors.toSet());
    }

    private static ModuleDescriptor readDescriptor() {
        try (InputStream in = Files.newInputStream(CLASSES.folder().resolve("module-info.class"))) {
            return ModuleDescriptor.read(in);
        } catch (IOException e) {
            throw new IllegalStateException("the library was compiled without a module descriptor", e);
        }
    }
}
