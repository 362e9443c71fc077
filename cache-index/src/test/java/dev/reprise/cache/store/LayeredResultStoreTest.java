package dev.reprise.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore.Presence;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A store that may only be read, under one that takes what is written. */
final class LayeredResultStoreTest extends ResultStoreContract {
  private final InMemoryResultStore above = new InMemoryResultStore();
  private final InMemoryResultStore below = new InMemoryResultStore();
  private final ResultStore layered = new LayeredResultStore(above, below);

  @Override
  ResultStore store() {
    return layered;
  }

  @Override
  ResultStore forHome(ResultStore store, String home) {
    return new LayeredResultStore(above.forHome(home), below);
  }

  @Override
  void damage(ResultStore store, BlobRef blob, byte[] bytes) {
    above.damage(blob.address(), bytes);
  }

  @Test
  void read_blobBelow_isServedAndNothingIsWrittenThere() throws IOException {
    byte[] bytes = bytes(1000);
    Location.Stored stored = below.publish(pending(below, bytes));

    assertThat(layered.presence(stored.blob().address(), 1000)).isEqualTo(Presence.PRESENT);
    assertThat(layered.read(stored).bytes()).isEqualTo(bytes);
    Location.Stored other = layered.publish(pending(layered, bytes(2000)));
    layered.delete(stored.blob().address());

    assertThat(blobs(below)).containsOnlyKeys(stored.blob().address());
    assertThat(blobs(layered)).containsOnlyKeys(stored.blob().address(), other.blob().address());
  }

  @Test
  void read_blobBelowIsDamaged_isServedFromAboveOnceItWasMadeAgain() throws IOException {
    byte[] bytes = bytes(1000);
    Location.Stored stored = below.publish(pending(below, bytes));
    below.damage(stored.blob().address(), bytes(1000));
    assertDamaged(layered.read(stored));
    assertThat(layered.quarantine(stored.blob())).as("it stays where it is").isFalse();

    layered.publish(pending(layered, bytes));

    assertThat(layered.read(stored).bytes()).isEqualTo(bytes);
  }
}
