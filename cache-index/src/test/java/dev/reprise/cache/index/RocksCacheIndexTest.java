package dev.reprise.cache.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
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

  @Override
  void damage(CacheIndex index, CacheKey key, byte[] record) throws Exception {
    ((RocksCacheIndex) index).putRaw(key, record);
  }
}
