package dev.reprise.run;

import dev.reprise.cache.store.BlobRef;
import dev.reprise.cache.store.FaultyResultStore;
import dev.reprise.cache.store.ForwardingResultStore;
import dev.reprise.cache.store.PartitionRef.Location;
import dev.reprise.cache.store.Payload;
import dev.reprise.cache.store.ResultStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Stores that break a promise of {@link ResultStore}. */
final class SimStoreVariants {
  private SimStoreVariants() {}

  /** Makes nothing durable. */
  static final class SyncSkipped extends ForwardingResultStore {
    SyncSkipped(ResultStore store) {
      super(store);
    }

    @Override
    public void sync() {}
  }

  /** Publishes a blob when the next one is to be published, which may be never. */
  static final class PublishedLate extends ForwardingResultStore {
    private final List<Location.Pending> late = new ArrayList<>();

    PublishedLate(ResultStore store) {
      super(store);
    }

    @Override
    public Location.Stored publish(Location.Pending pending) throws IOException {
      for (Location.Pending each : late) {
        super.publish(each);
      }
      late.clear();
      late.add(pending);
      return new Location.Stored(pending.blob());
    }
  }

  /** Hands out bytes without looking at them. */
  static final class CheckSkipped extends ForwardingResultStore {
    private final FaultyResultStore disk;

    CheckSkipped(FaultyResultStore disk) {
      super(disk);
      this.disk = disk;
    }

    @Override
    public Payload read(Location location) {
      Payload checked = super.read(location);
      BlobRef blob =
          location.fold(inline -> null, stored -> stored.blob(), pending -> pending.blob());
      Optional<byte[]> altered = blob == null ? Optional.empty() : disk.unchecked(blob);
      return altered.map(bytes -> (Payload) new Unchecked(bytes)).orElse(checked);
    }
  }

  private record Unchecked(byte[] all) implements Payload {
    @Override
    public long size() {
      return all.length;
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(all);
    }

    @Override
    public byte[] bytes() {
      return all.clone();
    }
  }
}
