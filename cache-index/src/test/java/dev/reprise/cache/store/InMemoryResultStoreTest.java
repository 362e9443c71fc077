package dev.reprise.cache.store;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

final class InMemoryResultStoreTest extends ResultStoreContract {
  @Override
  ResultStore store() {
    return new InMemoryResultStore();
  }

  @Override
  void damage(ResultStore store, BlobRef blob, byte[] bytes) {
    ((InMemoryResultStore) store).damage(blob.address(), bytes);
  }

  @Override
  int temporaries(ResultStore store) throws IOException {
    AtomicInteger count = new AtomicInteger();
    ((InMemoryResultStore) store).forEachTemporary(name -> count.incrementAndGet());
    return count.get();
  }
}
