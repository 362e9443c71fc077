package dev.reprise.spark;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.spark.code.CodeCheck;
import java.io.IOException;
import java.io.Serializable;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/**
 * What Spark calls for each partition of a job of ours: bytes in, bytes out. This object is all of
 * ours that Spark serializes, so it holds nothing but the counters by which Spark's heartbeats tell
 * the driver how far a task is, and the classes that must be found where it runs.
 */
final class UnitTask extends AbstractFunction1<Iterator<byte[]>, byte[]> implements Serializable {
  private static final long serialVersionUID = 3L;

  private final LongAccumulator begun;
  private final LongAccumulator closed;
  private final @Nullable Broadcast<byte[]> code;

  /**
   * @param begun counts the units that have begun
   * @param closed becomes how many they are once no further one will
   * @param code null if tasks run in the driver's process
   */
  UnitTask(LongAccumulator begun, LongAccumulator closed, @Nullable Broadcast<byte[]> code) {
    this.begun = begun;
    this.closed = closed;
    this.code = code;
  }

  /**
   * What comes back.
   *
   * @param refused why no user code may be run here; empty if it may
   * @param lost why none was run, which may pass; empty if it was
   * @param answers in an envelope, if it was
   */
  @SuppressWarnings("ArrayRecordComponent") // goes from array to array, compared by nobody
  record Reply(String refused, String lost, byte[] answers) {
    byte[] toBytes() {
      return new ByteWriter().putString(refused).putString(lost).putBytes(answers).toByteArray();
    }

    static Reply of(byte[] bytes) throws BadRecordException {
      ByteReader in = new ByteReader(bytes);
      Reply reply = new Reply(in.getString(), in.getString(), in.getBytes());
      in.checkEnd();
      return reply;
    }
  }

  @Override
  public byte[] apply(Iterator<byte[]> partition) {
    String trouble;
    try {
      trouble = code == null ? "" : CodeCheck.trouble(code.value());
    } catch (IOException e) {
      return new Reply("", String.valueOf(e.getMessage()), new byte[0]).toBytes();
    }
    byte[] answers =
        trouble.isEmpty()
            ? Station.run(Assignment.of(partition.next()), TaskContext.get(), new Counted())
            : new byte[0];
    return new Reply(trouble, "", answers).toBytes();
  }

  private final class Counted implements GroupRun.Progress {
    @Override
    public void begins() {
      begun.add(1);
    }

    @Override
    public void closed(int count) {
      closed.add(count);
    }
  }
}
