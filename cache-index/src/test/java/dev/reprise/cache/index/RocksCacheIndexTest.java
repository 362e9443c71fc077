package dev.reprise.cache.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.testing.Samples;
import dev.reprise.cache.testing.Shows;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RocksCacheIndexTest extends CacheIndexContract {
  @TempDir Path dir;
  private int indexes;

  @Override
  RocksCacheIndex newIndex() throws Exception {
    RocksCacheIndex.Opened opened =
        RocksCacheIndex.open(settings(dir.resolve("index" + indexes++)));
    assertThat(opened.report()).isEqualTo(new OpenReport.Made());
    return opened.index();
  }

  IndexSettings settings(Path folder) {
    return IndexSettings.of(folder, DEV, store)
        .withTime(time, time)
        .withLock(Duration.ZERO, (holder, soFar) -> {})
        .withReaders(2);
  }

  @Override
  CacheIndex in(CacheIndex index, Scope scope) throws Exception {
    return ((RocksCacheIndex) index).in(scope);
  }

  @Test
  void close_onAnInterruptedThread_closesSoThatItCanBeOpenedAgain() throws Exception {
    RocksCacheIndex index = newIndex(); // as after an interrupted wait for a run
    put(index, Samples.entry(1, 1));

    Thread.currentThread().interrupt();
    index.close();

    assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    try (RocksCacheIndex again = RocksCacheIndex.open(settings(dir.resolve("index0"))).index()) {
      assertThat(again.find(Samples.key(1))).isPresent();
    }
  }

  @Test
  void write_onAnInterruptedThread_isMade() throws Exception {
    CacheIndex index = index();

    Thread.currentThread().interrupt();
    put(index, Samples.entry(1, 1));
    index.sync();

    assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    assertThat(index.find(Samples.key(1))).isPresent();
  }

  @Test
  @Shows("Fault 38")
  void find_entryReplacedAllTheTime_isAlwaysFoundWhole() throws Exception {
    CacheIndex index = index(); // FAULTS row 38
    put(index, large(0));
    AtomicBoolean over = new AtomicBoolean();
    Thread writer = new Thread(() -> replace(index, over));
    writer.start();
    try {
      while (!over.get()) {
        assertThat(index.find(Samples.key(1))).isPresent();
        assertThat(keys(index)).containsExactly(Samples.key(1));
      }
    } finally {
      over.set(true);
      writer.join();
    }
  }

  private static void replace(CacheIndex index, AtomicBoolean over) {
    try {
      for (int i = 1; i < 5_000 && !over.get(); i++) {
        put(index, large(i));
      }
    } catch (CacheUnavailableException e) {
      throw new IllegalStateException(e);
    } finally {
      over.set(true);
    }
  }

  /** One key, a body too long to stand with its head. */
  private static CacheEntry large(int version) {
    return Samples.entry(1, version, Manifest.one(Samples.inline(version, 4000)));
  }

  @Override
  void damage(CacheIndex index, CacheKey key, byte[] record) throws Exception {
    ((RocksCacheIndex) index).putRaw(key, record);
  }
}
