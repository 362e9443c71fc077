package dev.reprise.spark;

import java.io.Serializable;
import org.apache.spark.TaskContext;
import org.apache.spark.util.LongAccumulator;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/**
 * What Spark calls for each partition of a job of ours: bytes in, bytes out. This object is all of
 * ours that Spark serializes, so it holds nothing but the counter by which Spark's heartbeats tell
 * the driver how far a task is.
 */
final class UnitTask extends AbstractFunction1<Iterator<byte[]>, byte[]> implements Serializable {
  private static final long serialVersionUID = 1L;

  private final LongAccumulator begun;

  UnitTask(LongAccumulator begun) {
    this.begun = begun;
  }

  @Override
  public byte[] apply(Iterator<byte[]> partition) {
    return Station.run(Assignment.of(partition.next()), TaskContext.get(), () -> begun.add(1));
  }
}
