package dev.reprise.cli.result;

import java.io.IOException;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Writes the rows of one table in some form. What is written to stays the caller's to close. */
interface TableSink extends AutoCloseable {
  /** Writes the rows of a batch; all batches have the same columns. */
  void write(VectorSchemaRoot batch) throws IOException;

  /** Writes what is left; the table is complete. */
  void finish() throws IOException;

  /** Frees what it holds, whether finished or not. */
  @Override
  default void close() throws IOException {}
}
