package dev.reprise.plan;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the steps of a composite came to together, for the latest of what it took.
 *
 * @param generations the newest first, each of another digest
 */
record CompositeRecord(List<Generation> generations) {
  static final CompositeRecord EMPTY = new CompositeRecord(List.of());

  private static final int VERSION = 2;
  private static final int LEAST_PART = 5;
  private static final int MOST = 8;

  /** One generation may have more. */
  private static final long MOST_BYTES = 1 << 19;

  CompositeRecord {
    generations = List.copyOf(generations);
  }

  /**
   * Which units each step had, with keys and contents.
   *
   * @param of digest of all that decides what is handed out
   * @param nodes steps and views, in the order of their names
   */
  record Generation(Fingerprint of, List<Part> nodes) {
    Generation {
      nodes = List.copyOf(nodes);
    }

    private long bytes() {
      long bytes = Fingerprint.BYTES;
      for (Part part : nodes) {
        bytes += 2L * LEAST_PART + 2L * Fingerprint.BYTES * part.keys().size();
      }
      return bytes;
    }
  }

  /**
   * A step, or a view of its result.
   *
   * @param units how many it had
   * @param keys of them all; empty for what has no keys
   * @param contents as many as keys
   */
  record Part(int units, List<Fingerprint> keys, List<Fingerprint> contents) {
    Part {
      keys = List.copyOf(keys);
      contents = List.copyOf(contents);
    }
  }

  /** The generation of this digest; null if there is none. */
  @Nullable Generation find(Fingerprint of) {
    for (Generation each : generations) {
      if (each.of().equals(of)) {
        return each;
      }
    }
    return null;
  }

  /** The same with a newest generation, in the place of an older one of its digest. */
  CompositeRecord with(Generation newest) {
    List<Generation> kept = new ArrayList<>(List.of(newest));
    long bytes = newest.bytes();
    for (Generation each : without(newest.of()).generations) {
      bytes += each.bytes();
      if (kept.size() == MOST || bytes > MOST_BYTES) {
        break;
      }
      kept.add(each);
    }
    return new CompositeRecord(kept);
  }

  /** The same without the generation of this digest. */
  CompositeRecord without(Fingerprint of) {
    return new CompositeRecord(generations.stream().filter(each -> !each.of().equals(of)).toList());
  }

  /**
   * The form in which the index keeps it.
   *
   * @param id under which it does
   */
  Bytes encode(Fingerprint id) {
    ByteWriter out = new ByteWriter();
    out.putByte(VERSION).putVarint(generations.size());
    for (Generation each : generations) {
      out.putRaw(each.of().bytes(), 0, Fingerprint.BYTES);
      encode(each.nodes(), out);
    }
    out.putCrc(id.bytes(), 0);
    return Bytes.wrap(out.toByteArray());
  }

  private static void encode(List<Part> nodes, ByteWriter out) {
    out.putVarint(nodes.size());
    for (Part part : nodes) {
      out.putInt(part.units()).putVarint(part.keys().size());
      for (int i = 0; i < part.keys().size(); i++) {
        out.putRaw(part.keys().get(i).bytes(), 0, Fingerprint.BYTES);
        out.putRaw(part.contents().get(i).bytes(), 0, Fingerprint.BYTES);
      }
    }
  }

  /**
   * Reads it back.
   *
   * @throws BadRecordException if it is damaged, of another id or of another version; the steps are
   *     looked up one by one then
   */
  static CompositeRecord decode(Bytes bytes, Fingerprint id) throws BadRecordException {
    ByteReader in = new ByteReader(bytes.array()).checked(id.bytes());
    int version = in.getByte();
    if (version != VERSION) {
      throw new BadRecordException("a composite's record of version " + version);
    }
    List<Generation> generations = new ArrayList<>();
    for (int i = in.getCount(Fingerprint.BYTES + 1); i > 0; i--) {
      Fingerprint of = Fingerprint.read(in.array(), in.skip(Fingerprint.BYTES));
      generations.add(new Generation(of, decodeNodes(in)));
    }
    in.checkEnd();
    return new CompositeRecord(generations);
  }

  private static List<Part> decodeNodes(ByteReader in) throws BadRecordException {
    List<Part> nodes = new ArrayList<>();
    for (int i = in.getCount(LEAST_PART); i > 0; i--) {
      int units = in.getInt();
      List<Fingerprint> keys = new ArrayList<>();
      List<Fingerprint> contents = new ArrayList<>();
      for (int j = in.getCount(2 * Fingerprint.BYTES); j > 0; j--) {
        keys.add(Fingerprint.read(in.array(), in.skip(Fingerprint.BYTES)));
        contents.add(Fingerprint.read(in.array(), in.skip(Fingerprint.BYTES)));
      }
      if (units < 0 || (!keys.isEmpty() && keys.size() != units)) {
        throw new BadRecordException(
            "a step of %d units has %d keys".formatted(units, keys.size()));
      }
      nodes.add(new Part(units, keys, contents));
    }
    return nodes;
  }
}
