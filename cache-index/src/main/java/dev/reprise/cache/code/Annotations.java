package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.Hasher;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AnnotationNode;

/** Writes annotations that are kept at run time, where a library could look for them. */
final class Annotations {
  private Annotations() {}

  /** Writes those of a class, its fields and its methods; the order of members does not count. */
  static void write(ClassFile file, Hasher to) {
    Map<String, List<AnnotationNode>> members = new TreeMap<>();
    put("", file.node().visibleAnnotations, members);
    file.node().fields.forEach(each -> put(each.name, each.visibleAnnotations, members));
    file.node()
        .methods
        .forEach(each -> put(each.name + each.desc, each.visibleAnnotations, members));
    to.putLong(members.size());
    members.forEach(
        (member, annotations) -> {
          to.putString(member).putLong(annotations.size());
          annotations.stream()
              .sorted(Comparator.comparing(annotation -> annotation.desc))
              .forEach(annotation -> write(annotation, to));
        });
  }

  private static void put(
      String member,
      @Nullable List<AnnotationNode> annotations,
      Map<String, List<AnnotationNode>> to) {
    if (annotations != null) {
      to.put(member, annotations);
    }
  }

  private static void write(AnnotationNode annotation, Hasher to) {
    to.putString(annotation.desc);
    write(annotation.values == null ? List.of() : annotation.values, to);
  }

  private static void write(@Nullable Object value, Hasher to) {
    if (value instanceof AnnotationNode nested) {
      write(nested, to);
    } else if (value instanceof List<?> values) {
      to.putLong(values.size());
      values.forEach(each -> write(each, to));
    } else if (value instanceof String[] enumConstant) {
      to.putString(enumConstant[0]).putString(enumConstant[1]);
    } else if (value instanceof Type type) {
      to.putString(type.getDescriptor());
    } else if (value instanceof Boolean || value instanceof Character) {
      to.putString(value.toString());
    } else if (value instanceof Number || value instanceof String) {
      Constants.write(
          value instanceof Byte || value instanceof Short ? ((Number) value).intValue() : value,
          to);
    }
  }
}
