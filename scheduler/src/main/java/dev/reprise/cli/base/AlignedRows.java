package dev.reprise.cli.base;

import dev.reprise.cache.base.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of text below a header, in columns. The first rows decide how wide a column is, so that any
 * number of rows can be printed; a wider cell that comes later moves what stands behind it.
 */
public final class AlignedRows {
  private static final int ROWS_THAT_DECIDE = 1000;
  private static final int WIDEST_COLUMN = 60;
  private static final int LONGEST_CELL = 300;
  private static final String GAP = "  ";

  private final List<Column> columns;
  private final int[] widths;
  private final Appendable to;
  private final List<List<String>> waiting = new ArrayList<>();
  private boolean decided;

  /**
   * A column.
   *
   * @param right whether its cells are aligned at the right, as numbers are
   */
  public record Column(String heading, boolean right) {
    /** A column of text. */
    public static Column left(String heading) {
      return new Column(heading, false);
    }

    /** A column of numbers. */
    public static Column right(String heading) {
      return new Column(heading, true);
    }
  }

  /** Begins with the header. */
  public AlignedRows(Appendable to, List<Column> columns) throws IOException {
    this.to = to;
    this.columns = List.copyOf(columns);
    this.widths = new int[columns.size()];
    row(columns.stream().map(Column::heading).toList());
  }

  /** Begins with the header. */
  public AlignedRows(Appendable to, Column... columns) throws IOException {
    this(to, List.of(columns));
  }

  /** Adds a line that is no row: it stands over the columns and widens none. */
  public void line(String text) throws IOException {
    List<String> line = List.of(Text.safe(text, LONGEST_CELL));
    if (decided) {
      print(line);
    } else {
      waiting.add(line);
    }
  }

  /** Adds a row, one cell for each column. */
  public void row(String... cells) throws IOException {
    row(List.of(cells));
  }

  /** Adds a row, one cell for each column. */
  public void row(List<String> cells) throws IOException {
    List<String> safe = cells.stream().map(cell -> Text.safe(cell, LONGEST_CELL)).toList();
    if (decided) {
      print(safe);
      return;
    }
    waiting.add(safe);
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(widths[i], Math.min(WIDEST_COLUMN, width(safe.get(i))));
    }
    if (waiting.size() > ROWS_THAT_DECIDE) {
      end();
    }
  }

  /** Prints the rows that are still waiting. */
  public void end() throws IOException {
    decided = true;
    for (List<String> row : waiting) {
      print(row);
    }
    waiting.clear();
  }

  private void print(List<String> cells) throws IOException {
    StringBuilder line = new StringBuilder();
    int columnsHere = Math.min(widths.length, cells.size());
    for (int i = 0; i < columnsHere; i++) {
      String cell = cells.get(i);
      String blanks = " ".repeat(Math.max(0, widths[i] - width(cell)));
      line.append(i == 0 ? "" : GAP);
      line.append(columns.get(i).right() ? blanks + cell : cell + blanks);
    }
    to.append(line.toString().stripTrailing()).append('\n');
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
