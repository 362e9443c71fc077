package dev.reprise.cache.store;

final class InMemoryResultStoreTest extends ResultStoreContract {
  @Override
  ResultStore store() {
    return new InMemoryResultStore();
  }

  @Override
  ResultStore forHome(ResultStore store, String home) {
    return ((InMemoryResultStore) store).forHome(home);
  }

  @Override
  void damage(ResultStore store, BlobRef blob, byte[] bytes) {
    ((InMemoryResultStore) store).damage(blob.address(), bytes);
  }
}
