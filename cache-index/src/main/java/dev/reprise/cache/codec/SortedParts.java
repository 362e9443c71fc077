package dev.reprise.cache.codec;

import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the parts of what promises no order by their bytes.
 *
 * <p>For that, each part is written apart, and with it all that is sorted within it; then all is
 * written once more. So that this does not double the work at each level, the order of what is
 * within is remembered until the outermost is written.
 */
final class SortedParts {
  private final IdentityHashMap<Object, @Nullable Object[]> known = new IdentityHashMap<>();
  private int depth;

  private record Sortable(byte[] bytes, @Nullable Object part) {}

  /**
   * Hands on the parts of a set or map, sorted.
   *
   * @param parts in any order; elements, or entries
   * @param bytes of a part, wherever it is; by these it is sorted
   */
  void write(
      Object whole,
      @Nullable Object[] parts,
      Function<@Nullable Object, byte[]> bytes,
      Consumer<@Nullable Object[]> writing) {
    depth++;
    try {
      @Nullable Object[] sorted = known.get(whole);
      if (sorted == null) {
        sorted = sort(parts, bytes);
        known.put(whole, sorted);
      }
      writing.accept(sorted);
    } finally {
      depth--;
      if (depth == 0) {
        known.clear();
      }
    }
  }

  private static @Nullable Object[] sort(
      @Nullable Object[] parts, Function<@Nullable Object, byte[]> bytes) {
    Sortable[] sortables = new Sortable[parts.length];
    for (int i = 0; i < parts.length; i++) {
      sortables[i] = new Sortable(bytes.apply(parts[i]), parts[i]);
    }
    Arrays.sort(sortables, Comparator.comparing(Sortable::bytes, Arrays::compareUnsigned));
    return Arrays.stream(sortables).map(Sortable::part).toArray();
  }
}
