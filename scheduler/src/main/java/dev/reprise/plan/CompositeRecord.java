package dev.reprise.plan;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import java.util.ArrayList;
import java.util.List;

/**
 * What the steps of a composite came to together: which units each had, with keys and contents.
 *
 * @param nodes its steps and views, in the order of their names
 */
record CompositeRecord(List<Part> nodes) {
  private static final int VERSION = 1;
  private static final int LEAST_PART = 5;

  CompositeRecord {
    nodes = List.copyOf(nodes);
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

  /**
   * The form in which the index keeps it.
   *
   * @param id under which it does
   */
  Bytes encode(Fingerprint id) {
    ByteWriter out = new ByteWriter();
    out.putByte(VERSION).putVarint(nodes.size());
    for (Part part : nodes) {
      out.putInt(part.units()).putVarint(part.keys().size());
      for (int i = 0; i < part.keys().size(); i++) {
        out.putRaw(part.keys().get(i).bytes(), 0, Fingerprint.BYTES);
        out.putRaw(part.contents().get(i).bytes(), 0, Fingerprint.BYTES);
      }
    }
    out.putCrc(id.bytes(), 0);
    return Bytes.wrap(out.toByteArray());
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
    in.checkEnd();
    return new CompositeRecord(nodes);
  }
}
