package dev.reprise.cache.codec;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Goes through the rows of all batches. */
final class TableRows implements Iterator<TableRow> {
  private final ArrowTable table;
  private final List<VectorSchemaRoot> batches;
  private int batch;
  private int row;

  TableRows(ArrowTable table, List<VectorSchemaRoot> batches) {
    this.table = table;
    this.batches = batches;
  }

  @Override
  public boolean hasNext() {
    table.checkOpen();
    while (batch < batches.size() && row == batches.get(batch).getRowCount()) {
      batch++;
      row = 0;
    }
    return batch < batches.size();
  }

  @Override
  public TableRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the table has no more rows");
    }
    return new TableRow(table, batches.get(batch), row++);
  }
}
