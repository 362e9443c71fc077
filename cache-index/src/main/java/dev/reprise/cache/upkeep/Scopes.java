package dev.reprise.cache.upkeep;

import dev.reprise.cache.index.CacheIndex;
import dev.reprise.cache.index.CacheUnavailableException;
import dev.reprise.cache.index.RocksCacheIndex;
import dev.reprise.cache.index.Scope;
import java.util.List;

/** The scopes of one index: all of them where something concerns the store that they share. */
public interface Scopes {
  /** No scope at all. */
  Scopes NONE =
      new Scopes() {
        @Override
        public List<String> names() {
          return List.of();
        }

        @Override
        public CacheIndex in(String name) {
          throw new IllegalArgumentException("there is no scope '" + name + "'");
        }
      };

  /** Names of all scopes that were ever written. */
  List<String> names() throws CacheUnavailableException;

  /** The index as seen from the scope of that name alone; closed by whoever opened the index. */
  CacheIndex in(String name) throws CacheUnavailableException;

  /**
   * Returns the scopes of {@code index}; none if it is but the view of an index that is not there.
   */
  static Scopes of(CacheIndex index) {
    return index instanceof RocksCacheIndex rocks ? of(rocks) : NONE;
  }

  /** Returns the scopes of {@code index}. */
  static Scopes of(RocksCacheIndex index) {
    return new Scopes() {
      @Override
      public List<String> names() throws CacheUnavailableException {
        return index.scopes();
      }

      @Override
      public CacheIndex in(String name) throws CacheUnavailableException {
        return index.in(Scope.of(name));
      }
    };
  }
}
