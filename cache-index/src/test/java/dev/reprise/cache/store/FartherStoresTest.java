package dev.reprise.cache.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.reprise.cache.store.FileResultStore.Settings;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore.Presence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store with another behind it, which is as a store by itself. */
final class FartherStoresTest extends ResultStoreContract {
  @TempDir private Path folder;
  private final InMemoryResultStore first = new InMemoryResultStore();
  private FileResultStore other;

  @BeforeEach
  void makeTheOther() throws IOException {
    other = FileResultStore.openOrMake(folder.resolve("other"), Settings.STANDARD);
  }

  private ResultStore behind(ResultStore of) {
    return FartherStores.behind(of, List.of(other.folder().toString()), told -> {});
  }

  @Override
  ResultStore store() {
    return behind(first);
  }

  @Override
  ResultStore forHome(ResultStore store, String home) {
    return behind(first.forHome(home));
  }

  @Override
  void damage(ResultStore store, BlobRef blob, byte[] bytes) {
    first.damage(blob.address(), bytes);
  }

  @Test
  void read_blobBehind_isThereAndIsNeitherMovedNorRemoved() throws IOException {
    byte[] bytes = bytes(1000);
    Location.Stored stored = other.publish(pending(other, bytes));
    ResultStore both = store();

    assertThat(both.presence(stored.blob().address(), 1000)).isEqualTo(Presence.PRESENT);
    assertThat(both.read(stored).bytes()).isEqualTo(bytes);
    assertThat(both.delete(stored.blob().address())).isFalse();

    assertThat(blobs(first)).isEmpty();
    assertThat(blobs(both)).as("what is ours to collect").isEmpty();
    assertThat(blobs(other)).containsOnlyKeys(stored.blob().address());
  }

  @Test
  void read_blobBehindIsDamaged_isNotThereAnyMore() throws IOException {
    byte[] bytes = bytes(1000);
    Location.Stored stored = other.publish(pending(other, bytes));
    Files.write(
        Files.walk(other.folder())
            .filter(file -> file.toFile().length() == 1000)
            .findFirst()
            .orElseThrow(),
        bytes(1000));
    ResultStore both = store();
    assertDamaged(both.read(stored));

    assertThat(both.quarantine(stored.blob())).isTrue();
    assertThat(both.presence(stored.blob().address(), 1000)).isEqualTo(Presence.MISSING);
    both.publish(pending(both, bytes));
    assertThat(both.read(stored).bytes()).isEqualTo(bytes);
  }

  @Test
  void open_byAWorker_hasThoseThatWereNotedAndCanBeReached() throws IOException {
    Location.Stored stored = other.publish(pending(other, bytes(1000)));
    Path own = folder.resolve("own");
    FileResultStore.openOrMake(own, Settings.STANDARD);
    List<String> farther = List.of(folder.resolve("away").toString(), other.folder().toString());
    FartherStores.note(own, farther);

    ResultStore worker = StorePlace.of(own).open(Settings.STANDARD);
    assertThat(worker.read(stored).bytes()).hasSize(1000);
    FartherStores.note(own, List.of());
    ResultStore later = StorePlace.of(own).open(Settings.STANDARD);
    assertThat(later.presence(stored.blob().address(), 1000)).isEqualTo(Presence.MISSING);
  }

  @Test
  void behind_oneThatCannotBeUsed_isToldOnceAndMayHaveAnything() throws IOException {
    List<String> told = new ArrayList<>();
    String away = folder.resolve("away").toString();
    ResultStore both = FartherStores.behind(first, List.of(away), told::add);
    assertThat(both.presence(pending(other, bytes(1000)).blob().address(), 1000))
        .as("it may be there")
        .isEqualTo(Presence.UNKNOWN);
    assertThat(told).singleElement().asString().contains(away, "cannot be used");
    assertThatIllegalArgumentException().isThrownBy(() -> FartherStores.check("class:no.Such"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FartherStores.check("class:java.lang.String"))
        .withMessageContaining("does not implement");
    assertThatIllegalArgumentException().isThrownBy(() -> FartherStores.check(" "));
  }
}
