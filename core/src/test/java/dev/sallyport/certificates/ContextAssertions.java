package dev.sallyport.certificates;

import static dev.sallyport.PackageAccess.loaded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sallyport.SecurityContext;
import dev.sallyport.testkit.TestIdentity;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What tests of security contexts assert. */
final class ContextAssertions {
    private ContextAssertions() {}

    static void assertHas(SecurityContext context, TestIdentity expected) {
        assertThat(loaded(context).config().identities()).singleElement().satisfies(identity -> {
            assertThat(identity.chain()).isEqualTo(expected.chain());
            assertThat(identity.key()).isEqualTo(expected.privateKey());
        });
    }

    static void refused(Class<? extends Throwable> type, ThrowingCallable attempt, String... words) {
        assertThatExceptionOfType(type)
                .isThrownBy(attempt)
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(List.of(words)));
    }
}
