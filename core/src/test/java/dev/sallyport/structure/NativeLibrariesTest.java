package dev.sallyport.structure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Netty's native artifacts hold nothing when their classifier is forgotten, and nothing fails but the speed. */
class NativeLibrariesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "libnetty_tcnative_linux_x86_64.so",
                "libnetty_tcnative_linux_aarch_64.so",
                "libnetty_tcnative_osx_x86_64.jnilib",
                "libnetty_tcnative_osx_aarch_64.jnilib",
                "netty_tcnative_windows_x86_64.dll",
                "libnetty_transport_native_epoll_x86_64.so",
                "libnetty_transport_native_epoll_aarch_64.so",
                "libnetty_transport_native_kqueue_x86_64.jnilib",
                "libnetty_transport_native_kqueue_aarch_64.jnilib",
            })
    void areOnTheClassPath(String library) {
        assertThat(getClass().getClassLoader().getResource("META-INF/native/" + library))
                .as("native library %s", library)
                .isNotNull();
    }
}
