package dev.sallyport.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sallyport.internal.resource.Scratch;
import dev.sallyport.internal.resource.ScratchPool;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NothingLeft.class)
class ScratchPoolTest {
    @Test
    void lendsWhatWasGivenBackEmpty() {
        Scratch first = ScratchPool.RECORD.take();
        first.appended(100);
        first.taken(10);
        assertThat(first.remaining()).isEqualTo(90);
        ScratchPool.giveBack(first);
        Scratch again = ScratchPool.RECORD.take();
        assertThat(again).isSameAs(first);
        assertThat(again.remaining()).isZero();
        assertThat(again.room()).isEqualTo(ScratchPool.RECORD_BYTES);
        ScratchPool.giveBack(again);
    }

    @Test
    void keepsTheSizesApart() {
        Scratch bulk = ScratchPool.BULK.take();
        assertThat(bulk.capacity()).isEqualTo(ScratchPool.BULK_BYTES);
        ScratchPool.giveBack(bulk);
        Scratch small = ScratchPool.RECORD.take();
        assertThat(small.capacity()).isEqualTo(ScratchPool.RECORD_BYTES);
        ScratchPool.giveBack(small);
    }

    @Test
    void neverLendsOneToTwo() {
        Set<Scratch> lent = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Scratch> all = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 20; i++) {
                Scratch scratch = ScratchPool.RECORD.take();
                assertThat(lent.add(scratch)).isTrue();
                all.add(scratch);
            }
            all.forEach(ScratchPool::giveBack);
            all.clear();
            lent.clear();
        }
    }

    @Test
    void refusesToTakeOneBackTwice() {
        Scratch scratch = ScratchPool.RECORD.take();
        ScratchPool.giveBack(scratch);
        assertThatThrownBy(() -> ScratchPool.giveBack(scratch)).isInstanceOf(IllegalStateException.class);
    }
}
