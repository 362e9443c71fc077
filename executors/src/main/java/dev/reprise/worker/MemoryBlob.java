package dev.reprise.worker;

import dev.reprise.cache.base.Bytes;
import dev.reprise.cache.store.BlobWriter;
import dev.reprise.cache.store.PartitionRef.Location;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** A partition that stays in memory because the store takes no bytes. */
final class MemoryBlob extends BlobWriter {
  private final MemoryBudget budget;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private boolean finished;

  MemoryBlob(MemoryBudget budget) {
    this.budget = budget;
  }

  @Override
  public void write(int b) throws IOException {
    take(1);
    bytes.write(b);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    take(length);
    bytes.write(from, offset, length);
  }

  private void take(int length) throws IOException {
    if (written() + length > budget.most()) {
      throw MemoryBudget.ExhaustedException.alone(budget.most());
    }
    budget.take(length);
  }

  @Override
  public Location finish() {
    byte[] partition = bytes.toByteArray();
    budget.finish(partition);
    finished = true;
    return new Location.Inline(Bytes.wrap(partition));
  }

  @Override
  public long written() {
    return bytes.size();
  }

  @Override
  public void close() {
    if (!finished) {
      budget.give(written());
    }
  }
}
