# SPDX-License-Identifier: Apache-2.0
# gw_embed_sql(<target>): adds the generated table of sql/queries and sql/migrations to the target.
# A new file in sql/ is found by itself at the next build.

function(gw_embed_sql target)
  file(GLOB queries CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/sql/queries/*.sql)
  file(GLOB migrations CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/sql/migrations/*.sql)
  list(SORT queries)
  list(SORT migrations)
  set(out ${CMAKE_BINARY_DIR}/generated/server/db)
  file(MAKE_DIRECTORY ${out})
  add_custom_command(
    OUTPUT ${out}/query_table.h ${out}/query_table.c
    COMMAND gw_embed_sql ${out}/query_table.h ${out}/query_table.c ${queries} ${migrations}
    DEPENDS gw_embed_sql ${queries} ${migrations}
    COMMENT "embedding sql/"
    VERBATIM)
  set_source_files_properties(${out}/query_table.c PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
  target_sources(${target} PRIVATE ${out}/query_table.c ${out}/query_table.h)
  target_include_directories(${target} PUBLIC ${CMAKE_BINARY_DIR}/generated)
endfunction()
