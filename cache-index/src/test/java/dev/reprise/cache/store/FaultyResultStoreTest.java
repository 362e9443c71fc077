package dev.reprise.cache.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.store.FaultyResultStore.Fault;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.ResultStore.Presence;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Left alone it is a store like any other; what it is told to break is broken. */
final class FaultyResultStoreTest {
  private final FaultyResultStore store = new FaultyResultStore(new InMemoryResultStore());

  @Nested
  final class LeftAlone extends ResultStoreContract {
    private InMemoryResultStore sound = new InMemoryResultStore();

    @Override
    ResultStore store() {
      sound = new InMemoryResultStore();
      return new FaultyResultStore(sound);
    }

    @Override
    ResultStore forHome(ResultStore any, String home) {
      return new FaultyResultStore(sound.forHome(home));
    }

    @Override
    void damage(ResultStore any, BlobRef blob, byte[] bytes) {
      ((FaultyResultStore) any).damage(blob, bytes);
    }
  }

  private Location.Pending pending(String text) throws IOException {
    try (BlobWriter writer = store.write("run1", "a1", 0)) {
      writer.write(text.getBytes(UTF_8));
      return (Location.Pending) writer.finish();
    }
  }

  private void strike(Fault... faults) {
    Set<Fault> all = EnumSet.noneOf(Fault.class);
    all.addAll(Set.of(faults));
    store.strikes(all::contains);
  }

  @Test
  void cutPower_afterSync_costsNothing() throws IOException {
    Location.Stored stored = store.publish(pending("hello"));
    store.sync();
    for (int i = 0; i < 20; i++) {
      store.cutPower(new Random(i));
    }

    assertThat(store.isWhole(stored.blob())).isTrue();
  }

  @Test
  void cutPower_beforeSync_losesOrTearsSome() throws IOException {
    int broken = 0;
    Random random = new Random(1);
    for (int i = 0; i < 30; i++) {
      Location.Stored stored = store.publish(pending("hello " + i));
      store.cutPower(random);
      broken += store.isWhole(stored.blob()) ? 0 : 1;
    }

    assertThat(broken).isBetween(10, 29);
  }

  @Test
  void write_torn_isReportedWholeAndFoundBySize() throws IOException {
    strike(Fault.WRITE_TORN);
    Location.Pending pending = pending("hello");

    assertThat(pending.blob()).isEqualTo(BlobDigester.blobOf("hello".getBytes(UTF_8)));
    assertThat(store.presence(pending)).isEqualTo(Presence.DAMAGED);
    assertThat(store.wasHurt(pending.blob())).isTrue();
  }

  @Test
  void write_flipped_isFoundByReadersAlone() throws IOException {
    strike(Fault.WRITE_FLIPPED);
    Location.Stored stored = store.publish(pending("hello"));

    assertThat(store.presence(stored.blob().address(), 5)).isEqualTo(Presence.PRESENT);
    assertThatExceptionOfType(DamagedBlobException.class)
        .isThrownBy(() -> store.read(stored).bytes());
    assertThat(store.unchecked(stored.blob()))
        .hasValueSatisfying(bytes -> assertThat(bytes).hasSize(5));
  }

  @Test
  void everyOtherFault_strikes_isAsTheStoreSaysOfADisk() throws IOException {
    Location.Pending pending = pending("hello");
    Location.Stored stored = store.publish(pending("there"));
    strike(
        Fault.WRITE_FAILS,
        Fault.PUBLISH_FAILS,
        Fault.SYNC_FAILS,
        Fault.READ_FAILS,
        Fault.RECORD_FAILS,
        Fault.UNKNOWN);

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> pending("more"));
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> store.publish(pending));
    assertThatExceptionOfType(IOException.class).isThrownBy(store::sync);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> store.read(stored).bytes());
    assertThat(store.presence(stored.blob().address(), 5)).isEqualTo(Presence.UNKNOWN);
    strike(Fault.DISK_FULL);
    assertThatExceptionOfType(StoreFullException.class).isThrownBy(() -> pending("more"));
  }

  @Test
  void loseFlipTear_oneBlob_isNotWholeAndTheOtherIs() throws IOException {
    Location.Stored lost = store.publish(pending("lost"));
    Location.Stored flipped = store.publish(pending("flipped"));
    Location.Stored torn = store.publish(pending("torn"));
    Location.Stored kept = store.publish(pending("kept"));
    store.lose(lost.blob());
    store.flip(flipped.blob());
    store.tear(torn.blob());

    assertThat(store.isWhole(lost.blob())).isFalse();
    assertThat(store.isWhole(flipped.blob())).isFalse();
    assertThat(store.isWhole(torn.blob())).isFalse();
    assertThat(store.isWhole(kept.blob())).isTrue();
    assertThat(store.wasHurt(kept.blob())).isFalse();
  }
}
