package dev.reprise.cli.result;

import dev.reprise.cli.base.Words;

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

  /** Whether tables alone have it. */
  boolean isOfTables() {
    return this == CSV || this == ARROW || this == PARQUET;
  }

  /** Whether it would upset a terminal. */
  boolean isBinary() {
    return this == ARROW || this == PARQUET;
  }
}
