package dev.reprise.cache.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.reprise.cache.store.FileResultStore.Settings;
import dev.reprise.cache.store.PartitionRef.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** FAULTS row 23: workers on other machines need not see the driver's temporary folder. */
final class StorePlaceTest {
  @TempDir private Path folder;
  private FileResultStore shared;
  private Path temporary;
  private Location.Stored kept;

  @BeforeEach
  void putOneAboveAnother() throws IOException {
    shared = FileResultStore.openOrMake(folder.resolve("shared"), Settings.STANDARD);
    kept = shared.publish((Location.Pending) write(shared, 1000));
    temporary = folder.resolve("temporary");
    LayeredResultStore.put(FileResultStore.openOrMake(temporary, Settings.STANDARD), shared);
  }

  /** Writes so many bytes, of which 100 may be inline. */
  private static Location write(ResultStore store, int size) throws IOException {
    try (BlobWriter out = store.write("r1", "a1", 100)) {
      out.write(new byte[size]);
      return out.finish();
    }
  }

  @Test
  void open_bothAreThere_isBoth() throws IOException {
    ResultStore both = StorePlace.of(temporary, List.of()).open(Settings.STANDARD);

    assertThat(both.read(kept).bytes()).hasSize(1000);
    assertThat(write(both, 1000)).isInstanceOf(Location.Pending.class);
  }

  @Test
  void open_oneBelowAloneIsThere_readsItAndWritesNothing() throws IOException {
    StorePlace place = StorePlace.of(temporary, List.of());
    Files.move(temporary, folder.resolve("of another machine"));

    ResultStore below = place.open(Settings.STANDARD);

    assertThat(below.read(kept).bytes()).hasSize(1000);
    assertThat(write(below, 100)).isInstanceOf(Location.Inline.class);
    assertThatExceptionOfType(ReadOnlyStoreException.class)
        .isThrownBy(() -> write(below, 101))
        .withMessageContaining(temporary.toString())
        .withMessageContaining(shared.folder().toString())
        .withMessageContaining("--store");
    below.forEachTemporary(
        (run, size, written) -> {
          throw new AssertionError("a file of run " + run);
        });
  }

  @Test
  void open_neitherIsThere_isRefused() throws IOException {
    StorePlace place = StorePlace.of(temporary, List.of());
    Files.move(temporary, folder.resolve("of another machine"));
    Files.move(shared.folder(), folder.resolve("of another one"));

    assertThatIOException().isThrownBy(() -> place.open(Settings.STANDARD));
  }

  @Test
  void of_storeAboveNone_isItsFolderAlone() throws IOException {
    StorePlace place = StorePlace.of(shared.folder(), List.of());

    assertThat(place).isEqualTo(new StorePlace(shared.folder().toString(), ""));
    assertThat(place.open(Settings.STANDARD)).isInstanceOf(FileResultStore.class);
    Files.move(shared.folder(), folder.resolve("away"));
    assertThatIOException().isThrownBy(() -> place.open(Settings.STANDARD));
  }
}
