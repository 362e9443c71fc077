package dev.reprise.cache.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.cache.store.InMemoryResultStore;
import dev.reprise.cache.testing.Shows;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FAULTS rows 23, 27 and 28: an index that is newer, or that cannot be written. */
final class IndexVersionsTest {
  @TempDir Path dir;

  @Test
  @Shows("Fault 27")
  void open_filesOfANewerRocksDb_areRefusedAndLeftAlone() throws Exception {
    Path index = Files.createDirectory(dir.resolve("index"));
    for (String name : new String[] {"CURRENT", "IDENTITY", "MANIFEST-000005", "000009.sst"}) {
      String path = "/index-of-rocksdb-11.8.1/" + name;
      try (InputStream file = getClass().getResourceAsStream(path)) {
        Files.write(index.resolve(name), file.readAllBytes());
      }
    }
    Map<String, Long> before = files(index);

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> open(index))
          .isInstanceOf(IndexFormatException.class)
          .hasMessageContaining("was written by a newer RocksDB than 9.8.4")
          .hasMessageContaining("format_version: 7");
    }

    assertThat(files(index)).containsAllEntriesOf(before);
    assertThat(Files.list(dir)).containsExactly(index);
  }

  @Test
  @Shows("Fault 27")
  void open_newerFormatOfOurs_isRefusedBeforeAnythingIsTouched() throws Exception {
    Path index = dir.resolve("index");
    open(index).index().close();
    assertThat(index.resolve("reprise-index")).hasContent("1\n");
    Files.writeString(index.resolve("reprise-index"), "2\n");
    Map<String, Long> before = files(index);

    assertThatThrownBy(() -> open(index))
        .isInstanceOf(IndexFormatException.class)
        .hasMessageContaining("has format '2', this Reprise knows 1");
    assertThatThrownBy(() -> RocksCacheIndex.openView(settings(index)))
        .isInstanceOf(IndexFormatException.class);

    assertThat(files(index)).isEqualTo(before);
  }

  @Test
  void open_fileInTheWay_saysSoAndWhatToDo() throws Exception {
    Path home = Files.writeString(dir.resolve("home"), "x"); // row 23; root ignores permissions

    for (Path folder : new Path[] {home, home.resolve("index")}) {
      assertThatThrownBy(() -> open(folder))
          .isExactlyInstanceOf(CacheUnavailableException.class)
          .hasMessageContaining("cannot be written")
          .hasMessageContaining("use another --home");
    }
  }

  @Test
  void open_lockCannotBeMade_saysSo() throws Exception {
    Path index = Files.createDirectory(dir.resolve("index"));
    Files.createDirectory(index.resolve("owner.lock"));

    assertThatThrownBy(() -> open(index))
        .isExactlyInstanceOf(CacheUnavailableException.class)
        .hasMessageContaining("cannot be written");
  }

  private RocksCacheIndex.Opened open(Path folder) throws Exception {
    return RocksCacheIndex.open(settings(folder));
  }

  private static IndexSettings settings(Path folder) {
    return IndexSettings.of(folder, CacheIndexContract.DEV, new InMemoryResultStore())
        .withLock(Duration.ZERO, (holder, soFar) -> {});
  }

  private static Map<String, Long> files(Path folder) throws IOException {
    Map<String, Long> found = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        found.put(file.getFileName().toString(), Files.size(file));
      }
    }
    return found;
  }
}
