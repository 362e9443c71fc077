package dev.reprise.cli.result;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cli.base.CommandException;
import dev.reprise.cli.base.ExitCode;
import dev.reprise.config.UsageException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Writes the values of a result's partitions one after another: tables as one table, text, bytes
 * and files as they are, objects as text or JSON.
 */
final class ResultWriter implements AutoCloseable {
  private final String name;
  private final @Nullable ResultForm form;
  private final OutputStream to;
  private final boolean terminal;
  private final boolean endsLines;
  private final Writer text;
  private @Nullable TableSink table;
  private @Nullable Schema schema;

  /**
   * @param name of the result, for messages
   * @param form that was asked for; null for the one that suits the value
   * @param terminal whether {@code to} is one, which bytes would upset
   * @param endsLines whether text that does not end its line is ended here: that of several
   *     partitions must not run together, nor into a prompt
   */
  ResultWriter(
      String name,
      @Nullable ResultForm form,
      OutputStream to,
      boolean terminal,
      boolean endsLines) {
    this.name = name;
    this.form = form;
    this.to = to;
    this.terminal = terminal;
    this.endsLines = endsLines;
    this.text = new BufferedWriter(new OutputStreamWriter(to, UTF_8));
  }

  /** Writes the value of the next partition. */
  void write(@Nullable Object value) throws IOException, CommandException {
    if (value instanceof ArrowTable rows) {
      writeTable(rows);
    } else if (value instanceof byte[] bytes) {
      refuseForm("bytes");
      refuseTerminal();
      to.write(bytes);
    } else if (value instanceof Path file) {
      refuseForm("a file");
      refuseTerminal();
      Files.copy(file, to);
    } else {
      writeObject(value);
    }
  }

  private void writeTable(ArrowTable rows) throws IOException, CommandException {
    TableSink sink = table;
    if (sink == null) {
      sink = open(rows.schema());
      table = sink;
      schema = rows.schema();
    } else if (!rows.schema().equals(schema)) {
      throw new CommandException(
          ExitCode.USAGE,
          "the partitions of '%s' have different columns, first %s, then %s; ask for one partition"
                  .formatted(name, schema, rows.schema())
              + " with NAME:LABEL");
    }
    TableSink open = sink;
    try {
      rows.forEachBatch(
          batch -> {
            try {
              open.write(batch);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private TableSink open(Schema schema) throws IOException, CommandException {
    ResultForm wanted = form == null ? ResultForm.TEXT : form;
    if (wanted.isBinary()) {
      refuseTerminal();
    }
    return switch (wanted) {
      case TEXT -> new TextSink(schema, text);
      case CSV -> new CsvSink(schema, text);
      case JSON -> new JsonSink(schema, text);
      case ARROW -> new ArrowSink(schema, to);
      case PARQUET -> new ParquetSink(schema, to);
    };
  }

  private void writeObject(@Nullable Object value) throws IOException {
    if (form == ResultForm.JSON) {
      text.write(JsonValues.line(value) + "\n");
      return;
    }
    if (form != null && form.isOfTables()) {
      refuseForm(value == null ? "null" : "a " + value.getClass().getSimpleName());
    }
    if (value instanceof CharSequence words) {
      text.append(words);
      boolean ends = words.length() > 0 && words.charAt(words.length() - 1) == '\n';
      text.write(endsLines && !ends ? "\n" : "");
    } else {
      text.write(JsonValues.pretty(value) + "\n");
    }
  }

  private void refuseForm(String what) {
    if (form != null) {
      throw new UsageException(
          "'%s' is %s, which has no form %s; leave --format out"
              .formatted(name, what, form.name().toLowerCase(Locale.ROOT)));
    }
  }

  private void refuseTerminal() {
    if (terminal) {
      throw new UsageException(
          "'%s' comes as bytes, which a terminal does not show; name a file with --output, or pipe it"
              .formatted(name));
    }
  }

  /** Completes what was written. */
  void finish() throws IOException {
    if (table != null) {
      table.finish();
    }
    text.flush();
  }

  @Override
  public void close() throws IOException {
    if (table != null) {
      table.close();
    }
  }
}
