package dev.reprise.cache.index;

import dev.reprise.cache.base.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * Looks through the logs of a RocksDB (its MANIFEST and its write-ahead logs) for the damage that
 * RocksDB 9.8 reads again and again without end: a record of a kind that only files hold that are
 * used anew, in a file that is not. One flipped bit makes such a kind of any other. An index never
 * uses a file anew, so it holds none; to be called before RocksDB opens the folder.
 *
 * <p>Goes from record to record exactly as RocksDB does: what it passes over, because a record's
 * length or checksum is wrong, is passed over here, and left to RocksDB to tell.
 *
 * @see <a href="../../../../../../../docs/adr/0004-index-in-rocksdb.md">ADR-0004</a>
 */
final class RecycledRecords {
  /** No record crosses the end of a block; after damage RocksDB goes on with the next one. */
  private static final int BLOCK = 32 << 10;

  // A record: checksum (4), length of what follows the kind (2), kind (1), …
  private static final int LENGTH = 4;
  private static final int KIND = 6;
  private static final int HEADER = 7;

  private final ByteBuffer block = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
  private final CRC32C crc = new CRC32C();
  private boolean damaged;

  private RecycledRecords() {}

  /**
   * Looks through all logs in {@code folder}.
   *
   * @return whether one holds damage that RocksDB passes over when it opens the folder to write and
   *     does not when it opens it to view: more than the cut that a kill leaves
   * @throws RocksDBException with the code of corruption if one holds such a record
   */
  static boolean refuse(Path folder) throws RocksDBException {
    RecycledRecords search = new RecycledRecords();
    for (Path file : list(folder)) {
      String name = String.valueOf(file.getFileName());
      if ((name.startsWith("MANIFEST-") || name.endsWith(".log")) && search.isFoundIn(file)) {
        String why = "a record of " + name + " has a kind that no index has";
        throw new RocksDBException(
            why, new Status(Status.Code.Corruption, Status.SubCode.None, why));
      }
    }
    return search.damaged;
  }

  private static List<Path> list(Path folder) {
    try {
      return Folders.list(folder);
    } catch (IOException e) {
      return List.of(); // of which RocksDB tells
    }
  }

  private boolean isFoundIn(Path log) {
    try {
      return isIn(log);
    } catch (IOException e) {
      return false; // a writer may have removed the file; of any other trouble RocksDB tells
    }
  }

  private boolean isIn(Path log) throws IOException {
    try (InputStream bytes = Files.newInputStream(log)) {
      while (true) {
        int length = bytes.readNBytes(block.array(), 0, BLOCK);
        if (isInBlock(length)) {
          return true;
        }
        if (length < BLOCK) {
          return false;
        }
      }
    }
  }

  private boolean isInBlock(int end) {
    int at = 0;
    while (at + HEADER <= end) {
      int kind = block.get(at + KIND) & 0xff;
      if (isOfRecycled(kind)) {
        return true;
      }
      int length = block.getShort(at + LENGTH) & 0xffff;
      boolean isFiller = kind == 0 && length == 0;
      boolean goesOn = at + HEADER + length <= end;
      if (isFiller || !goesOn || !isSound(at, length)) {
        damaged |= !isFiller && (goesOn || end == BLOCK);
        return false;
      }
      at += HEADER + length;
    }
    return false;
  }

  /** As RocksDB's {@code log_format.h} numbers them; the last is of later releases. */
  private static boolean isOfRecycled(int kind) {
    return (kind >= 5 && kind <= 8) || kind == 11 || kind == 131;
  }

  private boolean isSound(int at, int length) {
    crc.reset();
    crc.update(block.array(), at + KIND, 1 + length);
    int masked = Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    return masked == block.getInt(at);
  }
}
