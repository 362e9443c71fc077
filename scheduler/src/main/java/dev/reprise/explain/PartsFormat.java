package dev.reprise.explain;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.explain.StepParts.ArgumentKind;
import dev.reprise.explain.StepParts.ArgumentPart;
import dev.reprise.explain.UnitHistory.Variant;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The binary form of key parts and of a unit's history, as the index and the journal keep them. */
public final class PartsFormat {
  /** Version 1 ends before the caveats; version 3 may have resources among the arguments. */
  private static final int PARTS_VERSION = 3;

  /** What has none is written so that programs of before can read it. */
  private static final int WITHOUT_RESOURCES = 2;

  private static final int OLDEST_PARTS_VERSION = 1;
  private static final int HISTORY_VERSION = 1;
  private static final ArgumentKind[] KINDS = ArgumentKind.values();

  private PartsFormat() {}

  /** Encodes the parts of a step. */
  public static Bytes encode(StepParts parts) {
    ByteWriter out = new ByteWriter();
    boolean resources =
        parts.arguments().stream().anyMatch(each -> each.kind() == ArgumentKind.RESOURCE);
    out.putByte(resources ? PARTS_VERSION : WITHOUT_RESOURCES);
    out.putString(parts.task());
    out.putString(parts.version());
    out.putString(parts.signature());
    out.putString(parts.codeMode());
    out.putVarint(parts.code().size());
    parts.code().forEach((name, digest) -> put(out.putString(name), digest));
    out.putVarint(parts.engine().size());
    parts.engine().forEach((name, value) -> out.putString(name).putString(value));
    out.putVarint(parts.arguments().size());
    for (ArgumentPart argument : parts.arguments()) {
      out.putString(argument.name());
      out.putString(argument.shown());
      out.putByte(argument.kind().ordinal());
      out.putString(argument.preview());
    }
    out.putVarint(parts.caveats().size());
    parts.caveats().forEach(out::putString);
    return Bytes.wrap(out.toByteArray());
  }

  /**
   * Decodes the parts of a step.
   *
   * @throws IOException if they are damaged or of a newer version; explain without them
   */
  public static StepParts decodeParts(Bytes bytes) throws IOException {
    try {
      ByteReader in = new ByteReader(bytes.array());
      int form = version(in, OLDEST_PARTS_VERSION, PARTS_VERSION, "key parts");
      String task = in.getString();
      String version = in.getString();
      String signature = in.getString();
      String mode = in.getString();
      SortedMap<String, Fingerprint> code = new TreeMap<>();
      for (int i = in.getCount(1 + Fingerprint.BYTES); i > 0; i--) {
        code.put(in.getString(), fingerprint(in));
      }
      SortedMap<String, String> engine = new TreeMap<>();
      for (int i = in.getCount(2); i > 0; i--) {
        engine.put(in.getString(), in.getString());
      }
      List<ArgumentPart> arguments = new ArrayList<>();
      for (int i = in.getCount(4); i > 0; i--) {
        arguments.add(new ArgumentPart(in.getString(), in.getString(), kind(in), in.getString()));
      }
      List<String> caveats = new ArrayList<>();
      for (int i = form == 1 ? 0 : in.getCount(1); i > 0; i--) {
        caveats.add(in.getString());
      }
      in.checkEnd();
      return new StepParts(task, version, signature, mode, code, engine, arguments, caveats);
    } catch (BadRecordException e) {
      throw new IOException("key parts are damaged: " + e.getMessage(), e);
    }
  }

  /** Encodes a unit's history. */
  public static Bytes encode(UnitHistory history) {
    ByteWriter out = new ByteWriter();
    out.putByte(HISTORY_VERSION);
    out.putVarint(history.variants().size());
    for (Variant variant : history.variants()) {
      put(out, variant.key());
      put(out, variant.parts());
      out.putString(variant.run());
      out.putVarint(variant.arguments().size());
      variant.arguments().forEach(argument -> put(out, argument));
    }
    return Bytes.wrap(out.toByteArray());
  }

  /**
   * Decodes a unit's history.
   *
   * @throws IOException if it is damaged or of a newer version; explain without it
   */
  public static UnitHistory decodeHistory(Bytes bytes) throws IOException {
    try {
      ByteReader in = new ByteReader(bytes.array());
      version(in, HISTORY_VERSION, HISTORY_VERSION, "a unit's history");
      List<Variant> variants = new ArrayList<>();
      for (int i = in.getCount(2 + 2 * Fingerprint.BYTES); i > 0; i--) {
        Fingerprint key = fingerprint(in);
        Fingerprint parts = fingerprint(in);
        String run = in.getString();
        List<Fingerprint> arguments = new ArrayList<>();
        for (int j = in.getCount(Fingerprint.BYTES); j > 0; j--) {
          arguments.add(fingerprint(in));
        }
        variants.add(new Variant(key, parts, run, arguments));
      }
      in.checkEnd();
      return new UnitHistory(variants);
    } catch (BadRecordException e) {
      throw new IOException("a unit's history is damaged: " + e.getMessage(), e);
    }
  }

  private static int version(ByteReader in, int oldest, int newest, String what)
      throws BadRecordException, IOException {
    int found = in.getByte();
    if (found < oldest || found > newest) {
      throw new IOException("%s: version %d, this program reads %d".formatted(what, found, newest));
    }
    return found;
  }

  private static ArgumentKind kind(ByteReader in) throws BadRecordException {
    int kind = in.getByte();
    if (kind >= KINDS.length) {
      throw new BadRecordException("there is no kind of argument numbered " + kind);
    }
    return KINDS[kind];
  }

  private static void put(ByteWriter out, Fingerprint fingerprint) {
    int offset = out.reserve(Fingerprint.BYTES); // may give the writer another array
    fingerprint.write(out.array(), offset);
  }

  private static Fingerprint fingerprint(ByteReader in) throws BadRecordException {
    return Fingerprint.read(in.array(), in.skip(Fingerprint.BYTES));
  }
}
