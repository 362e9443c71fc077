package dev.reprise.cli.result;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cli.base.CommandException;
import dev.reprise.config.UsageException;
import dev.reprise.run.ResultFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Published files have the forms that {@code result} writes. */
public final class PublishedForms implements ResultFiles {
  /** For {@code ServiceLoader}. */
  public PublishedForms() {}

  @Override
  public void write(
      String result, Iterator<? extends @Nullable Object> values, Path as, OutputStream to)
      throws IOException {
    ResultForm named = ResultForm.ofName(as);
    Object value = values.next();
    boolean table = value instanceof ArrowTable;
    if (table && named == null) {
      throw new IOException(
          "'%s' is a table, and the name of '%s' does not say its form; let it end with .csv,"
                  .formatted(result, as.getFileName())
              + " .json, .arrow, .parquet or .txt");
    }
    boolean asNamed = table || named == ResultForm.JSON;
    try (ResultWriter writer =
        new ResultWriter(result, asNamed ? named : null, to, false, values.hasNext())) {
      writer.write(value);
      while (values.hasNext()) {
        writer.write(values.next());
      }
      writer.finish();
    } catch (CommandException | UsageException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
