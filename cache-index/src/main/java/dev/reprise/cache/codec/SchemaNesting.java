package dev.reprise.cache.codec;

import static java.util.Objects.requireNonNull;

import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.Schema;

/**
 * How deep columns may lie in each other. Arrow reads a schema by recursion, and in bytes that are
 * no schema a column may hold itself, or two that both hold the same two, and so on.
 */
final class SchemaNesting {
  static final int DEEPEST = 100;

  private final long most;
  private long columns;

  private SchemaNesting(long most) {
    this.most = most;
  }

  /** Checks a message that is said to hold a schema, before Arrow reads it. */
  static void check(Message message) throws UndecodableException {
    Schema schema = (Schema) requireNonNull(message.header(new Schema()));
    // no writer makes a column of less than a byte
    SchemaNesting nesting = new SchemaNesting(message.getByteBuffer().capacity());
    for (int i = 0; i < schema.fieldsLength(); i++) {
      nesting.check(schema.fields(i), 1);
    }
  }

  private void check(Field column, int depth) throws UndecodableException {
    if (depth > DEEPEST) {
      throw new UndecodableException(
          "the columns of the table lie in each other more than %d deep".formatted(DEEPEST));
    }
    if (++columns > most) {
      throw new UndecodableException("the table has more columns than bytes that describe them");
    }
    for (int i = 0; i < column.childrenLength(); i++) {
      check(column.children(i), depth + 1);
    }
  }
}
