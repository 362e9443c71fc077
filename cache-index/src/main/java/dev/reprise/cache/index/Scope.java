package dev.reprise.cache.index;

import static dev.reprise.cache.base.Checks.checkArgument;

import dev.reprise.cache.base.BigEndian;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.cache.fingerprint.Hasher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The project and environment whose entries an index shows. A scope is not part of a key, so a
 * result can be promoted from one scope to another.
 *
 * @param name such as {@code flights/dev}; entries are written here
 * @param ancestors names of the scopes that are read when this one has no entry that may be used,
 *     in order; never written
 */
public record Scope(String name, List<String> ancestors) {
  /** Bytes of a scope's id. */
  static final int ID_BYTES = Long.BYTES;

  public Scope {
    ancestors = List.copyOf(ancestors);
    checkArgument(!name.isEmpty(), "the name of a scope must not be empty");
    checkArgument(!ancestors.contains(name), "scope %s is its own ancestor", name);
  }

  /** Returns a scope without ancestors. */
  public static Scope of(String name) {
    return new Scope(name, List.of());
  }

  /** The names that are read, in order: this one, then its ancestors. */
  List<String> chain() {
    List<String> chain = new ArrayList<>();
    chain.add(name);
    chain.addAll(ancestors);
    return chain;
  }

  /** A number for the list of ancestors; 0 if there are none. */
  long ancestry() {
    if (ancestors.isEmpty()) {
      return 0;
    }
    Hasher hasher = Hasher.of("reprise/ancestry");
    ancestors.forEach(hasher::putString);
    return BigEndian.getLong(hasher.finish().bytes(), 0);
  }

  /** What index rows of the scope {@code name} begin with. */
  static byte[] id(String name) {
    byte[] digest = new byte[Fingerprint.BYTES];
    Hasher.of("reprise/scope").putString(name).finish().write(digest, 0);
    return Arrays.copyOf(digest, ID_BYTES);
  }
}
