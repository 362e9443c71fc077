package dev.reprise.explain;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.fingerprint.Fingerprint;
import dev.reprise.explain.StepParts.ArgumentKind;
import dev.reprise.explain.StepParts.ArgumentPart;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The binary form of key parts and of a unit's history, as the index and the journal keep them. */
public final class PartsFormat {
  private static final int PARTS_VERSION = 1;
  private static final int HISTORY_VERSION = 1;
  private static final int MOST_PARTS = 1_000_000;

  private PartsFormat() {}

  /** Encodes the parts of a step. */
  public static Bytes encode(StepParts parts) {
    return write(
        out -> {
          out.writeByte(PARTS_VERSION);
          out.writeUTF(parts.task());
          out.writeUTF(parts.version());
          out.writeUTF(parts.signature());
          out.writeUTF(parts.codeMode());
          out.writeInt(parts.code().size());
          for (var part : parts.code().entrySet()) {
            out.writeUTF(part.getKey());
            out.write(part.getValue().bytes());
          }
          out.writeInt(parts.engine().size());
          for (var setting : parts.engine().entrySet()) {
            out.writeUTF(setting.getKey());
            out.writeUTF(setting.getValue());
          }
          out.writeInt(parts.arguments().size());
          for (ArgumentPart argument : parts.arguments()) {
            out.writeUTF(argument.name());
            out.writeUTF(argument.shown());
            out.writeByte(argument.kind().ordinal());
            out.writeUTF(argument.preview());
          }
        });
  }

  /**
   * Decodes the parts of a step.
   *
   * @throws IOException if they are damaged or of a newer version; explain without them
   */
  public static StepParts decodeParts(Bytes bytes) throws IOException {
    DataInputStream in = read(bytes, PARTS_VERSION, "key parts");
    String task = in.readUTF();
    String version = in.readUTF();
    String signature = in.readUTF();
    String mode = in.readUTF();
    SortedMap<String, Fingerprint> code = new TreeMap<>();
    for (int i = count(in); i > 0; i--) {
      String name = in.readUTF();
      code.put(name, fingerprint(in));
    }
    SortedMap<String, String> engine = new TreeMap<>();
    for (int i = count(in); i > 0; i--) {
      String name = in.readUTF();
      engine.put(name, in.readUTF());
    }
    List<ArgumentPart> arguments = new ArrayList<>();
    for (int i = count(in); i > 0; i--) {
      String name = in.readUTF();
      String shown = in.readUTF();
      int kind = in.readUnsignedByte();
      if (kind >= ArgumentKind.values().length) {
        throw new IOException("key parts name an unknown kind of argument: " + kind);
      }
      arguments.add(new ArgumentPart(name, shown, ArgumentKind.values()[kind], in.readUTF()));
    }
    return new StepParts(task, version, signature, mode, code, engine, arguments);
  }

  /** Encodes a unit's history. */
  public static Bytes encode(UnitHistory history) {
    return write(
        out -> {
          out.writeByte(HISTORY_VERSION);
          out.writeInt(history.variants().size());
          for (UnitHistory.Variant variant : history.variants()) {
            out.write(variant.key().bytes());
            out.write(variant.parts().bytes());
            out.writeUTF(variant.run());
            out.writeInt(variant.arguments().size());
            for (Fingerprint argument : variant.arguments()) {
              out.write(argument.bytes());
            }
          }
        });
  }

  /**
   * Decodes a unit's history.
   *
   * @throws IOException if it is damaged or of a newer version; explain without it
   */
  public static UnitHistory decodeHistory(Bytes bytes) throws IOException {
    DataInputStream in = read(bytes, HISTORY_VERSION, "unit history");
    List<UnitHistory.Variant> variants = new ArrayList<>();
    for (int i = count(in); i > 0; i--) {
      Fingerprint key = fingerprint(in);
      Fingerprint parts = fingerprint(in);
      String run = in.readUTF();
      List<Fingerprint> arguments = new ArrayList<>();
      for (int j = count(in); j > 0; j--) {
        arguments.add(fingerprint(in));
      }
      variants.add(new UnitHistory.Variant(key, parts, run, arguments));
    }
    return new UnitHistory(variants);
  }

  private interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  private static Bytes write(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      body.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("a name in the key parts is too long to be kept", e);
    }
    return Bytes.wrap(bytes.toByteArray());
  }

  private static DataInputStream read(Bytes bytes, int version, String what) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes.array()));
    int found = in.readUnsignedByte();
    if (found != version) {
      throw new IOException(
          "%s have version %d, this program reads %d".formatted(what, found, version));
    }
    return in;
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > MOST_PARTS) {
      throw new IOException("key parts claim to be " + count);
    }
    return count;
  }

  private static Fingerprint fingerprint(DataInputStream in) throws IOException {
    byte[] bytes = new byte[Fingerprint.BYTES];
    in.readFully(bytes);
    return Fingerprint.of(bytes);
  }
}
