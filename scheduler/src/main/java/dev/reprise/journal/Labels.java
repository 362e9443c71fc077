package dev.reprise.journal;

import dev.reprise.cache.base.BadRecordException;
import java.util.List;

/**
 * The labels of a step's partitions. Most steps have those of an input, or numbers, or none; a
 * journal of a million units should not spell them out for each.
 */
sealed interface Labels {
  /** The label of partition {@code i}. */
  String get(int i);

  /** All partitions have the empty label. */
  record None() implements Labels {
    @Override
    public String get(int i) {
      return "";
    }
  }

  /** Each partition has its number. */
  record Numbered() implements Labels {
    @Override
    public String get(int i) {
      return Integer.toString(i);
    }
  }

  /** The labels one by one. */
  record Listed(List<String> all) implements Labels {
    public Listed {
      all = List.copyOf(all);
    }

    @Override
    public String get(int i) {
      return all.get(i);
    }
  }

  /** The labels of another step, as the reader must find them. */
  record SameAs(int node) implements Labels {
    @Override
    public String get(int i) {
      throw new IllegalStateException("the labels of node " + node + " were not looked up");
    }
  }

  /** Writes these labels. */
  default void write(RecordWriter to) {
    if (this instanceof Listed listed) {
      to.putByte('L').putStrings(listed.all());
    } else if (this instanceof SameAs same) {
      to.putByte('S').putNumber(same.node());
    } else {
      to.putByte(this instanceof Numbered ? 'N' : '0');
    }
  }

  /** Reads what {@link #write} wrote. */
  static Labels read(RecordReader from) throws BadRecordException {
    return switch (from.readByte()) {
      case 'L' -> new Listed(from.readStrings());
      case 'S' -> new SameAs(from.readInt());
      case 'N' -> new Numbered();
      case '0' -> new None();
      default -> throw new BadRecordException("the record has labels of an unknown form");
    };
  }
}
