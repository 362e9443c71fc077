package dev.reprise.spark;

import dev.reprise.cache.base.ByteWriter;
import dev.reprise.spark.code.CodeCheck;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.spark.SparkEnv;
import org.apache.spark.broadcast.Broadcast;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction1;

/** Asks an executor for its id, and for what {@link CodeCheck} finds there. */
final class CodeQuestion extends AbstractFunction1<Iterator<byte[]>, byte[]>
    implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Broadcast<byte[]> code;

  CodeQuestion(Broadcast<byte[]> code) {
    this.code = code;
  }

  @Override
  public byte[] apply(Iterator<byte[]> nothing) {
    try {
      return new ByteWriter()
          .putString(SparkEnv.get().executorId())
          .putString(CodeCheck.trouble(code.value()))
          .toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e); // Spark asks again
    }
  }
}
