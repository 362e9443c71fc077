package dev.reprise.cache.index;

import dev.reprise.cache.base.Bytes;

final class InMemoryCacheIndexTest extends CacheIndexContract {
  @Override
  CacheIndex newIndex() {
    return new InMemoryCacheIndex(DEV, store, time);
  }

  @Override
  CacheIndex in(CacheIndex index, Scope scope) {
    return ((InMemoryCacheIndex) index).in(scope);
  }

  @Override
  void damage(CacheIndex index, CacheKey key, byte[] record) {
    ((InMemoryCacheIndex) index).damage(key, Bytes.wrap(record));
  }
}
