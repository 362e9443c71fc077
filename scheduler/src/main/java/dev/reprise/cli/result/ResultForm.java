package dev.reprise.cli.result;

import dev.reprise.cli.base.Words;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The forms in which a result can be had. */
enum ResultForm {
  CSV,
  JSON,
  ARROW,
  PARQUET,
  TEXT;

  /** As written on the command line. */
  static final class Names extends Words {
    Names() {
      super("csv", "json", "arrow", "parquet", "text");
    }
  }

  /** The form that files of such a name have; null if it says none. */
  static @Nullable ResultForm ofName(@Nullable Path file) {
    String name = file == null ? "" : String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "csv" -> CSV;
      case "json" -> JSON;
      case "arrow" -> ARROW;
      case "parquet" -> PARQUET;
      case "txt" -> TEXT;
      default -> null;
    };
  }

  /** Whether tables alone have it. */
  boolean isOfTables() {
    return this == CSV || this == ARROW || this == PARQUET;
  }

  /** Whether it would upset a terminal. */
  boolean isBinary() {
    return this == ARROW || this == PARQUET;
  }
}
