package dev.reprise.worker;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The partitions of a result that has many. */
final class Elements {
  private Elements() {}

  /**
   * Returns the elements of a list, or the components of a record.
   *
   * @throws WorkerException if {@code value} is neither
   */
  static List<? extends @Nullable Object> of(@Nullable Object value) throws WorkerException {
    if (value instanceof List<?> list) {
      return list;
    }
    if (value instanceof Record record) {
      return components(record);
    }
    throw new WorkerException(
        value == null
            ? "the task returned null; its result must be a list or a record, since each element of it"
                + " is a partition"
            : "the task returned a "
                + value.getClass().getName()
                + "; its result must be a list or a record, since each element of it is a partition",
        null);
  }

  private static List<@Nullable Object> components(Record record) throws WorkerException {
    List<@Nullable Object> values = new ArrayList<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Method accessor = component.getAccessor();
      try {
        accessor.setAccessible(true);
        values.add(accessor.invoke(record));
      } catch (ReflectiveOperationException | RuntimeException e) {
        throw new WorkerException(
            "cannot read component '%s' of the returned %s"
                .formatted(component.getName(), record.getClass().getName()),
            e);
      }
    }
    return values;
  }
}
