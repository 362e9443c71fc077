package dev.reprise.cache.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import dev.reprise.cache.index.FaultyCacheIndex.Fault;
import dev.reprise.cache.index.IndexBatch.Change;
import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.testing.ManualTime;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Left alone it is an index like any other; what it is told to break is broken. */
final class FaultyCacheIndexTest {
  private static final Scope SCOPE = Scope.of("flights/dev");
  private final FaultyCacheIndex index =
      new FaultyCacheIndex(
          () -> new InMemoryCacheIndex(SCOPE, new InMemoryResultStore(), new ManualTime()));

  @Nested
  final class LeftAlone extends CacheIndexContract {
    @Override
    CacheIndex newIndex() {
      return new FaultyCacheIndex(() -> new InMemoryCacheIndex(DEV, store, time));
    }

    @Override
    CacheIndex in(CacheIndex any, Scope scope) {
      InMemoryCacheIndex sound = (InMemoryCacheIndex) ((FaultyCacheIndex) any).sound();
      return new FaultyCacheIndex(() -> sound.in(scope));
    }

    @Override
    void damage(CacheIndex any, CacheKey key, byte[] record) {
      ((FaultyCacheIndex) any).damage(key, record);
    }
  }

  private static Fingerprint id(int i) {
    return Hasher.of("note").putLong(i).finish();
  }

  private void write(int i) throws CacheUnavailableException {
    IndexBatch batch = new IndexBatch();
    batch.add(new Change.PutNote(NoteKind.KEY_PARTS, id(i), Bytes.wrap(new byte[] {(byte) i})));
    index.write(batch);
  }

  private boolean has(int i) throws CacheUnavailableException {
    return index.notes(NoteKind.KEY_PARTS, List.of(id(i))).get(0) != null;
  }

  @Test
  void cutPower_someSynced_keepsThoseAndTheFirstOfTheRest() throws Exception {
    int survivors = 0;
    write(0);
    index.sync();
    write(1);
    write(2);
    index.cutPower(new Random(3));

    for (int i = 1; i <= 2; i++) {
      survivors += has(i) ? 1 : 0;
    }
    assertThat(has(0)).isTrue();
    assertThat(!has(2) || has(1)).as("the last goes first").isTrue();
    assertThat(survivors).isBetween(0, 2);
  }

  @Test
  void cutPower_manyTimes_losesSomeAndKeepsSome() throws Exception {
    int lost = 0;
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      write(i);
      index.cutPower(random);
      lost += has(i) ? 0 : 1;
    }

    assertThat(lost).isBetween(1, 19);
  }

  @Test
  void write_doubtful_saysNoAndIsThere() throws Exception {
    index.strikes(fault -> fault == Fault.WRITE_DOUBTFUL);
    assertThatExceptionOfType(CacheUnavailableException.class).isThrownBy(() -> write(1));

    index.strikes(fault -> false);
    assertThat(has(1)).isTrue();
  }

  @Test
  void readAndWrite_failing_sayThatTheIndexIsUnavailable() {
    index.strikes(fault -> true);

    assertThatExceptionOfType(CacheUnavailableException.class).isThrownBy(() -> write(1));
    assertThatExceptionOfType(CacheUnavailableException.class).isThrownBy(() -> has(1));
    assertThatExceptionOfType(CacheUnavailableException.class)
        .isThrownBy(() -> index.lookup(new LookupBatch()));
  }
}
