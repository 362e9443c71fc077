package dev.reprise.worker;

import static java.util.Objects.requireNonNull;

import dev.reprise.cache.codec.ArrowTable;
import dev.reprise.cache.codec.Codecs;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.executor.Argument;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of one unit as values, and what must be closed and looked at again afterwards. */
final class Inputs implements AutoCloseable {
  private final Codecs codecs;
  private final ResultStore store;
  private final Making making;
  private final Invocation invocation;
  private final TableForm.@Nullable Use tables;
  private final SharedValues shared;
  private final List<AutoCloseable> open = new ArrayList<>(0);
  private final List<Argument.File> files = new ArrayList<>(0);
  private int captured;
  private int position;
  private @Nullable PartitionRef reading;

  /**
   * @param making makes resources
   * @param tables how user code wants tables; null for {@link ArrowTable}
   * @param shared what other units take too
   */
  Inputs(
      Codecs codecs,
      ResultStore store,
      Making making,
      Invocation invocation,
      TableForm.@Nullable Use tables,
      SharedValues shared) {
    this.codecs = codecs;
    this.store = store;
    this.making = making;
    this.invocation = invocation;
    this.tables = tables;
    this.shared = shared;
  }

  /**
   * Decodes captured values and arguments into one array, with what the engine passes between them.
   *
   * @throws dev.reprise.cache.store.DamagedBlobException if bytes are missing or damaged
   * @throws IOException if bytes cannot be read or decoded
   * @throws Exception if a table cannot be had in the form that the engine gives it
   */
  @Nullable Object[] decode(List<Argument> captured, List<Argument> arguments) throws Exception {
    boolean takesContext =
        tables != null && invocation.parameterCount() == captured.size() + 1 + arguments.size();
    this.captured = captured.size() + (takesContext ? 1 : 0);
    @Nullable Object[] values = new Object[this.captured + arguments.size()];
    for (position = 0; position < captured.size(); position++) {
      values[position] = value(captured.get(position));
    }
    if (takesContext) {
      values[position++] = requireNonNull(tables).context();
    }
    for (; position < values.length; position++) {
      values[position] = value(arguments.get(position - this.captured));
    }
    return values;
  }

  private @Nullable Object value(Argument argument) throws Exception {
    SharedValues.Kept kept = shared.of(argument);
    Object known = kept == null ? null : kept.value();
    if (known != null) {
      return known;
    }
    Object value = decode(argument);
    if (kept != null) {
      kept.offer(value);
    }
    return value;
  }

  /** The number of the argument that is being decoded, from 0; negative for a captured value. */
  int argument() {
    return position - captured;
  }

  /** The partition that is being decoded; null if none is. */
  @Nullable PartitionRef reading() {
    return reading;
  }

  /** The argument that is being decoded, for people. */
  String where() {
    return position < captured
        ? "captured value " + (position + 1)
        : "argument " + (position - captured + 1);
  }

  private @Nullable Object decode(Argument argument) throws Exception {
    if (argument instanceof Argument.Encoded encoded) {
      boolean table = encoded.partition().rows() != PartitionRef.NOT_A_TABLE;
      return table ? table(List.of(encoded.partition())) : decode(encoded.partition());
    }
    if (argument instanceof Argument.Pieces whole) {
      return table(whole.pieces());
    }
    if (argument instanceof Argument.File file) {
      files.add(file);
      return file.path();
    }
    if (argument instanceof Argument.Listed listed) {
      List<@Nullable Object> values = new ArrayList<>(listed.elements().size());
      for (Argument element : listed.elements()) {
        values.add(decode(element));
      }
      return values;
    }
    if (argument instanceof Argument.Labelled labelled) {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      for (int i = 0; i < labelled.labels().size(); i++) {
        values.put(labelled.labels().get(i), decode(labelled.elements().get(i)));
      }
      return values;
    }
    if (argument instanceof Argument.Made made) {
      return making.resource(made);
    }
    return ((Argument.Live) argument).value();
  }

  private @Nullable Object table(List<PartitionRef> pieces) throws Exception {
    boolean arrow =
        position < invocation.parameterCount()
            && invocation.parameterType(position) == ArrowTable.class;
    if (tables != null && !arrow) {
      return tables.read(pieces);
    }
    if (pieces.size() == 1) {
      return decode(pieces.get(0));
    }
    reading = pieces.get(0);
    ArrowTable table =
        ArrowTable.read(pieces.stream().map(piece -> store.read(piece.location())).toList());
    reading = null;
    open.add(table);
    return table;
  }

  private @Nullable Object decode(PartitionRef partition) throws IOException {
    reading = partition;
    Object value = codecs.byId(partition.codec()).decode(store.read(partition.location()));
    reading = null;
    if (value instanceof AutoCloseable closeable) {
      open.add(closeable);
    }
    return value;
  }

  /** Files that were given to user code. */
  List<Argument.File> files() {
    return files;
  }

  /** Frees what the values hold, such as the memory of tables. */
  @Override
  public void close() {
    Closing.closeAll(open);
  }
}
