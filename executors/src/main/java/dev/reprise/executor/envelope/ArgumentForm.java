package dev.reprise.executor.envelope;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.fingerprint.FileStamp;
import dev.reprise.executor.Argument;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** How arguments look in an envelope. */
final class ArgumentForm {
  private static final int LEAST_BYTES = 1 + Parts.LEAST_BYTES;

  private static final int ENCODED = 1;
  private static final int FILE = 2;
  private static final int LISTED = 3;
  private static final int LABELLED = 4;
  private static final int PIECES = 5;
  private static final int MADE = 6;

  private ArgumentForm() {}

  static void writeAll(List<Argument> arguments, ByteWriter to) {
    Parts.putList(arguments, to, ArgumentForm::write);
  }

  static List<Argument> readAll(ByteReader from) throws BadRecordException {
    return readAll(from, 0);
  }

  static List<Argument> readAll(ByteReader from, int depth) throws BadRecordException {
    Parts.checkDepth(depth);
    return Parts.getList(from, LEAST_BYTES, in -> read(in, depth));
  }

  private static void write(Argument argument, ByteWriter to) {
    if (argument instanceof Argument.Encoded encoded) {
      to.putByte(ENCODED);
      PartitionForm.write(encoded.partition(), to);
    } else if (argument instanceof Argument.Pieces table) {
      to.putByte(PIECES);
      Parts.putList(table.pieces(), to, PartitionForm::write);
    } else if (argument instanceof Argument.File file) {
      to.putByte(FILE).putString(file.path().toString());
      FileStamp stamp = file.stamp();
      to.putString(stamp.path().toString()).putLong(stamp.size()).putLong(stamp.modifiedNanos());
      to.putLong(stamp.changedNanos()).putString(stamp.identity());
    } else if (argument instanceof Argument.Listed listed) {
      to.putByte(LISTED);
      writeAll(listed.elements(), to);
    } else if (argument instanceof Argument.Labelled labelled) {
      to.putByte(LABELLED);
      Parts.putStrings(labelled.labels(), to);
      writeAll(labelled.elements(), to);
    } else if (argument instanceof Argument.Made made) {
      to.putByte(MADE).putString(made.name());
      ChunkForm.writeCode(made.code(), to);
      writeAll(made.arguments(), to);
    } else {
      throw new IllegalStateException("a live value was not refused");
    }
  }

  private static Argument read(ByteReader from, int depth) throws BadRecordException {
    int kind = from.getByte();
    return switch (kind) {
      case ENCODED -> new Argument.Encoded(PartitionForm.read(from));
      case FILE -> new Argument.File(path(from.getString()), stamp(from));
      case LISTED -> new Argument.Listed(readAll(from, depth + 1));
      case PIECES ->
          new Argument.Pieces(Parts.getList(from, PartitionForm.LEAST_BYTES, PartitionForm::read));
      case LABELLED -> new Argument.Labelled(Parts.getStrings(from), readAll(from, depth + 1));
      case MADE ->
          new Argument.Made(
              from.getString(), ChunkForm.readCode(from, depth + 1), readAll(from, depth + 1));
      default -> throw new BadRecordException("an argument is of kind " + kind);
    };
  }

  private static FileStamp stamp(ByteReader from) throws BadRecordException {
    return new FileStamp(
        path(from.getString()),
        from.getLong(),
        from.getLong(),
        from.getLong(),
        from.getString(),
        FileStamp.Kind.FILE);
  }

  private static Path path(String text) throws BadRecordException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new BadRecordException("a path is none: " + e.getReason());
    }
  }
}
