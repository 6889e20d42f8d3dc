/*
 * A judge of the calling convention, not a database: it speaks libtaos's ABI as TDengine's C API reference documents it, serves recorded
 * results, and checks what taosts-native does with it: argument layouts, the order of calls, double frees, use after free, leaks.
 *
 * Results come from the file named by TAOS_JUDGE_SCRIPT, little-endian records:
 *   u32 sqlLength, sql, i32 code, u32 messageLength, message, i32 affected, i32 precision, i32 fieldCount, fields (TAOS_FIELD_E, 72 bytes each),
 *   i32 blockCount, then per block: i32 failCode (0 = a block follows), u32 length, bytes
 * A statement that the script does not know is a syntax error. taos_judge_report() tells what was seen.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONNECTION 0x434f4e4eu
#define RESULT     0x52455355u
#define STATEMENT  0x53544d54u
#define CONSUMER   0x434f4e53u
#define CONF       0x434f4e46u
#define LIST       0x4c495354u
#define DEAD       0xdeaddeadu

typedef struct { char name[65]; int8_t type; uint8_t precision; uint8_t scale; int32_t bytes; } TAOS_FIELD_E;
typedef struct { char name[65]; int8_t type; uint8_t precision; uint8_t scale; int32_t bytes; uint8_t field_type; } TAOS_FIELD_ALL;
typedef struct { int buffer_type; void *buffer; int32_t *length; char *is_null; int num; } TAOS_STMT2_BIND;
typedef struct { int count; char **tbnames; TAOS_STMT2_BIND **tags; TAOS_STMT2_BIND **bind_cols; } TAOS_STMT2_BINDV;
typedef struct { int64_t reqid; bool singleStbInsert; bool singleTableBindOnce; void *asyncExecFn; void *userdata; } TAOS_STMT2_OPTION;
typedef struct { void *raw; uint32_t raw_len; uint16_t raw_type; } tmq_raw_data;
typedef struct { int32_t vgId; int64_t currentOffset; int64_t begin; int64_t end; } tmq_topic_assignment;

typedef struct { int32_t fail; uint32_t length; char *bytes; } Block;
typedef struct Record {
  char *sql; int32_t code; char *message; int32_t affected; int32_t precision; int32_t fieldCount; TAOS_FIELD_E *fields;
  int32_t blockCount; Block *blocks; void *plain; struct Record *next;
} Record;

/* What a handle points to; freed handles stay readable (magic DEAD) unless the judge runs under a sanitizer that watches them itself. */
typedef struct { uint32_t magic; int busy; } Head;
typedef struct { Head head; char database[256]; } Connection;
typedef struct { Head head; Record *record; int32_t next; char *current; int32_t code; const char *message; int64_t offset; int32_t vgroup; bool message_; 
#ifdef TAOSPY
  char *head_[64]; char *data_[64]; int rows_;
#endif
} Result;
typedef struct { Head head; Connection *connection; char *sql; bool insert; int count; char error[256]; int rows; Result *result; bool executed; } Statement;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Record *script = NULL;
static int scriptLoaded = 0;
static long opened[8], closed[8];
static long doubleFrees = 0, useAfterFree = 0, wrongHandle = 0, nullHandle = 0;
static long freedBusy = 0, atOnce = 0;
static long calls = 0, stops = 0;
static char lastCalls[65536];
static __thread int lastCode = 0;
static __thread char lastMessage[512];

enum { K_CONNECTION, K_RESULT, K_STATEMENT, K_CONSUMER, K_CONF, K_LIST, K_META, K_RAW };

static void note(const char *call) {
  pthread_mutex_lock(&lock);
  calls++;
  size_t used = strlen(lastCalls), add = strlen(call);
  if (used + add + 2 < sizeof lastCalls) { memcpy(lastCalls + used, call, add); lastCalls[used + add] = '\n'; lastCalls[used + add + 1] = 0; }
  pthread_mutex_unlock(&lock);
}

static void fail(int code, const char *message) { lastCode = code; snprintf(lastMessage, sizeof lastMessage, "%s", message); }

static bool check(void *handle, uint32_t magic) {
  if (handle == NULL) { __sync_fetch_and_add(&nullHandle, 1); return false; }
  uint32_t found = ((Head *)handle)->magic;
  if (found == magic) return true;
  if (found == DEAD) __sync_fetch_and_add(&useAfterFree, 1); else __sync_fetch_and_add(&wrongHandle, 1);
  return false;
}

/* A call at work on a handle: freeing it meanwhile is a defect, and so is a second call where libtaos allows one at a time. */
static bool enter(void *handle, uint32_t magic, bool alone) {
  if (!check(handle, magic)) return false;
  if (__sync_fetch_and_add(&((Head *)handle)->busy, 1) > 0 && alone) __sync_fetch_and_add(&atOnce, 1);
  return true;
}
static void leave(void *handle) { __sync_fetch_and_sub(&((Head *)handle)->busy, 1); }

static void release(void *handle, uint32_t magic, int kind) {
  if (handle == NULL) { __sync_fetch_and_add(&nullHandle, 1); return; }
  Head *head = handle;
  if (head->magic == DEAD) { __sync_fetch_and_add(&doubleFrees, 1); return; }
  if (head->magic != magic) { __sync_fetch_and_add(&wrongHandle, 1); return; }
  if (head->busy != 0) __sync_fetch_and_add(&freedBusy, 1);
  head->magic = DEAD;
  __sync_fetch_and_add(&closed[kind], 1);
#ifdef FREE_HANDLES
  free(handle);
#endif
}

static void *handle(size_t size, uint32_t magic, int kind) {
  Head *head = calloc(1, size);
  head->magic = magic;
  __sync_fetch_and_add(&opened[kind], 1);
  return head;
}

static uint32_t u32(FILE *f) { uint32_t v = 0; if (fread(&v, 4, 1, f) != 1) return 0; return v; }
static char *text(FILE *f) { uint32_t n = u32(f); char *s = calloc(1, n + 1); if (n && fread(s, 1, n, f) != n) s[0] = 0; return s; }

static void load(void) {
  pthread_mutex_lock(&lock);
  const char *path = getenv("TAOS_JUDGE_SCRIPT");
  if (!scriptLoaded && path != NULL) {
    FILE *f = fopen(path, "rb");
    int c;
    while (f != NULL && (c = fgetc(f)) != EOF) {
      ungetc(c, f);
      Record *r = calloc(1, sizeof *r);
      r->sql = text(f); r->code = (int32_t)u32(f); r->message = text(f); r->affected = (int32_t)u32(f); r->precision = (int32_t)u32(f);
      r->fieldCount = (int32_t)u32(f);
      r->fields = calloc(r->fieldCount + 1, sizeof(TAOS_FIELD_E));
      if (r->fieldCount && fread(r->fields, sizeof(TAOS_FIELD_E), r->fieldCount, f) != (size_t)r->fieldCount) break;
      r->blockCount = (int32_t)u32(f);
      r->blocks = calloc(r->blockCount + 1, sizeof(Block));
      for (int i = 0; i < r->blockCount; i++) {
        r->blocks[i].fail = (int32_t)u32(f); r->blocks[i].length = u32(f); r->blocks[i].bytes = malloc(r->blocks[i].length + 1);
        if (r->blocks[i].length && fread(r->blocks[i].bytes, 1, r->blocks[i].length, f) != r->blocks[i].length) break;
      }
      r->next = script; script = r;
    }
    if (f != NULL) fclose(f);
  }
  scriptLoaded = 1;
  pthread_mutex_unlock(&lock);
}

static Record *find(const char *sql) {
  for (Record *r = script; r != NULL; r = r->next) if (strcmp(r->sql, sql) == 0) return r;
  return NULL;
}

static Result *result(Record *record) {
  Result *r = handle(sizeof *r, RESULT, K_RESULT);
  r->record = record;
  r->code = record != NULL ? record->code : (int32_t)0x80002600;
  r->message = record != NULL ? record->message : "syntax error near \"judge\"";
  return r;
}

/* --- life cycle --- */
int taos_init(void) { load(); return 0; }
int taos_options(int option, const char *value) {
  char line[128];
  snprintf(line, sizeof line, "taos_options %d %s", option, value == NULL ? "(null)" : value);
  note(line);
  return 0;
}
const char *taos_get_client_info(void) { return "3.3.7.5"; }

void *taos_connect(const char *ip, const char *user, const char *password, const char *db, uint16_t port) {
  load();
  note("taos_connect");
  if (port == 2) usleep(300000);
  if (port == 1) { fail((int)0x8000000B, "Unable to establish connection"); return NULL; }
  if (user == NULL || strcmp(user, "root") != 0) { fail((int)0x80000351, "Invalid user"); return NULL; }
  if (password == NULL || strcmp(password, "taosdata") != 0) { fail((int)0x80000357, "Authentication failure"); return NULL; }
  if (db != NULL && strcmp(db, "nosuch") == 0) { fail((int)0x80000388, "Database not exist"); return NULL; }
  (void)ip;
  Connection *c = handle(sizeof *c, CONNECTION, K_CONNECTION);
  if (db != NULL) snprintf(c->database, sizeof c->database, "%s", db);
  return c;
}
#ifndef OLD
void *taos_connect_token(const char *ip, const char *token, const char *db, uint16_t port) {
  if (token == NULL || strcmp(token, "good-token") != 0) { fail((int)0x80000357, "Invalid token"); return NULL; }
  return taos_connect(ip, "root", "taosdata", db, port);
}
void *taos_connect_totp(const char *ip, const char *user, const char *password, const char *totp, const char *db, uint16_t port) {
  if (totp == NULL || strcmp(totp, "123456") != 0) { fail((int)0x80000357, "Wrong TOTP code"); return NULL; }
  return taos_connect(ip, user, password, db, port);
}
#endif
void taos_close(void *c) { note("taos_close"); release(c, CONNECTION, K_CONNECTION); }
#ifndef OLD
int taos_options_connection(void *c, int option, const char *value) {
  char line[128];
  snprintf(line, sizeof line, "taos_options_connection %d %s", option, value == NULL ? "(null)" : value);
  note(line);
  return check(c, CONNECTION) ? 0 : (int)0x8000020B;
}
#endif
int taos_set_conn_mode(void *c, int mode, int value) {
  char line[64];
  snprintf(line, sizeof line, "taos_set_conn_mode %d %d", mode, value);
  note(line);
  return check(c, CONNECTION) ? 0 : (int)0x8000020B;
}
const char *taos_get_server_info(void *c) { return check(c, CONNECTION) ? "ver:3.3.7.5\nbuild:judge" : NULL; }
int taos_select_db(void *c, const char *db) {
  if (!check(c, CONNECTION)) { fail((int)0x8000020B, "Invalid connection"); return (int)0x8000020B; }
  if (strcmp(db, "nosuch") == 0) { fail((int)0x80000388, "Database not exist"); return (int)0x80000388; }
  snprintf(((Connection *)c)->database, 256, "%s", db);
  return 0;
}
int taos_get_current_db(void *c, char *database, int length, int *required) {
  if (!check(c, CONNECTION)) return (int)0x8000020B;
  *required = (int)strlen(((Connection *)c)->database) + 1;
  snprintf(database, length, "%s", ((Connection *)c)->database);
  return 0;
}
int taos_load_table_info(void *c, const char *tables) { (void)tables; return check(c, CONNECTION) ? 0 : (int)0x8000020B; }
int taos_get_table_vgId(void *c, const char *db, const char *table, int *id) { (void)db; (void)table; *id = 2; return check(c, CONNECTION) ? 0 : (int)0x8000020B; }
int taos_validate_sql(void *c, const char *sql) {
  if (!check(c, CONNECTION)) return (int)0x8000020B;
  Record *r = find(sql);
  if (r != NULL && r->code == 0) return 0;
  fail(r == NULL ? (int)0x80002600 : r->code, r == NULL ? "syntax error near \"judge\"" : r->message);
  return lastCode;
}

/* --- queries --- */
void *taos_query_with_reqid(void *c, const char *sql, int64_t reqId) {
  char line[300];
  snprintf(line, sizeof line, "taos_query %.200s %lld", sql, (long long)reqId);
  note(line);
  if (!enter(c, CONNECTION, false)) { fail((int)0x8000020B, "Invalid connection"); return NULL; }
  if (strncmp(sql, "sleep ", 6) == 0) usleep((useconds_t)atoi(sql + 6) * 1000);
  leave(c);
  return result(find(sql));
}
int taos_errno(void *r) { if (r == NULL) return lastCode; return check(r, RESULT) ? ((Result *)r)->code : 0; }
const char *taos_errstr(void *r) { if (r == NULL) return lastMessage; return check(r, RESULT) ? ((Result *)r)->message : "freed"; }
bool taos_is_update_query(void *r) { return check(r, RESULT) && ((Result *)r)->record != NULL && ((Result *)r)->record->fieldCount == 0; }
int taos_affected_rows(void *r) { return check(r, RESULT) && ((Result *)r)->record != NULL ? ((Result *)r)->record->affected : 0; }
#ifndef OLD
int64_t taos_affected_rows64(void *r) { return taos_affected_rows(r); }
#endif
int taos_field_count(void *r) { return check(r, RESULT) && ((Result *)r)->record != NULL ? ((Result *)r)->record->fieldCount : 0; }
/* TAOS_FIELD has nothing where TAOS_FIELD_E has precision and scale: garbage here, so that nobody reads it. */
typedef struct { char name[65]; int8_t type; int32_t bytes; } TAOS_FIELD;
TAOS_FIELD *taos_fetch_fields(void *r) {
  if (!check(r, RESULT) || ((Result *)r)->record == NULL) return NULL;
  Record *record = ((Result *)r)->record;
  if (record->plain == NULL) {
    TAOS_FIELD *plain = malloc(sizeof(TAOS_FIELD) * (record->fieldCount + 1));
    memset(plain, 0x7F, sizeof(TAOS_FIELD) * (record->fieldCount + 1));
    for (int i = 0; i < record->fieldCount; i++) {
      memcpy(plain[i].name, record->fields[i].name, 65); plain[i].type = record->fields[i].type; plain[i].bytes = record->fields[i].bytes;
    }
    if (!__sync_bool_compare_and_swap(&record->plain, NULL, plain)) free(plain);
  }
  return record->plain;
}
#ifndef OLD
TAOS_FIELD_E *taos_fetch_fields_e(void *r) { return check(r, RESULT) && ((Result *)r)->record != NULL ? ((Result *)r)->record->fields : NULL; }
#endif
int taos_result_precision(void *r) { return check(r, RESULT) && ((Result *)r)->record != NULL ? ((Result *)r)->record->precision : 0; }
static int fetch(Result *r, int *rows, void **data);
#ifndef ANCIENT
int taos_fetch_raw_block(void *handle_, int *rows, void **data) {
  *rows = 0; *data = NULL;
  if (!enter(handle_, RESULT, true)) return (int)0x80000109;
  Result *r = handle_;
  if (r->record != NULL && strncmp(r->record->sql, "slow ", 5) == 0) usleep(60000);
  int code = fetch(r, rows, data);
  leave(r);
  return code;
}
static int fetch(Result *r, int *rows, void **data) {
  if (r->current != NULL) { memset(r->current, 0xEE, 28); free(r->current); r->current = NULL; }
  if (r->record == NULL || r->next >= r->record->blockCount) return 0;
  Block *b = &r->record->blocks[r->next++];
  if (b->fail != 0) { r->code = b->fail; r->message = "Query terminated"; return b->fail; }
  /* a copy that is overwritten at the next call: who keeps a pointer instead of a copy reads garbage */
  r->current = malloc(b->length);
  memcpy(r->current, b->bytes, b->length);
  memcpy(rows, b->bytes + 8, 4);
  *data = r->current;
  return 0;
}
#endif
void taos_stop_query(void *r) { __sync_fetch_and_add(&stops, 1); check(r, RESULT); }
void taos_free_result(void *r) {
  if (r != NULL && ((Head *)r)->magic == RESULT && ((Result *)r)->current != NULL) {
    memset(((Result *)r)->current, 0xEE, 28); free(((Result *)r)->current); ((Result *)r)->current = NULL;
  }
  release(r, RESULT, K_RESULT);
}

/* --- schemaless --- */
void *taos_schemaless_insert_raw_ttl_with_reqid_tbname_key(void *c, char *lines, int length, int32_t *total, int protocol, int precision, int32_t ttl, int64_t reqid, char *key) {
  char line[400];
  snprintf(line, sizeof line, "schemaless protocol=%d precision=%d ttl=%d reqid=%lld key=%s bytes=%d %.200s", protocol, precision, ttl, (long long)reqid, key == NULL ? "(null)" : key, length, lines);
  note(line);
  if (!check(c, CONNECTION)) { fail((int)0x8000020B, "Invalid connection"); return NULL; }
  *total = 0;
  for (int i = 0; i < length; i++) if (lines[i] == '\n') (*total)++;
  if (length > 0 && lines[length - 1] != '\n') (*total)++;
  static Record good = { .affected = 0 };
  Record *r = calloc(1, sizeof *r);
  *r = good; r->affected = *total; r->message = "";
  if (memmem(lines, length, "broken", 6) != NULL) { r->code = (int32_t)0x80003002; r->message = "Invalid data format"; r->affected = 0; }
  return result(r);
}

/* A client older than the ones that have it: -DOLD is 3.3.4, -DANCIENT lacks what taosts cannot do without. */
#ifndef OLD
/* --- stmt2 --- */
void *taos_stmt2_init(void *c, TAOS_STMT2_OPTION *option) {
  if (!check(c, CONNECTION)) return NULL;
  char line[100];
  snprintf(line, sizeof line, "taos_stmt2_init reqid=%lld async=%d", option == NULL ? 0LL : (long long)option->reqid, option != NULL && option->asyncExecFn != NULL);
  note(line);
  Statement *s = handle(sizeof *s, STATEMENT, K_STATEMENT);
  s->connection = c;
  return s;
}
int taos_stmt2_prepare(void *handle_, const char *sql, unsigned long length) {
  if (!check(handle_, STATEMENT)) return (int)0x8000022A;
  Statement *s = handle_;
  s->sql = strndup(sql, length);
  s->insert = strncasecmp(s->sql, "insert", 6) == 0;
  s->count = 0;
  for (const char *p = s->sql; *p; p++) s->count += *p == '?';
  if (strstr(s->sql, "nosuch") != NULL) { snprintf(s->error, sizeof s->error, "Table does not exist"); return (int)0x80002603; }
  return 0;
}
int taos_stmt2_is_insert(void *handle_, int *insert) { if (!check(handle_, STATEMENT)) return (int)0x8000022A; *insert = ((Statement *)handle_)->insert; return 0; }
int taos_stmt2_get_fields(void *handle_, int *count, TAOS_FIELD_ALL **fields) {
  if (!check(handle_, STATEMENT)) return (int)0x8000022A;
  Statement *s = handle_;
  *count = s->count;
  *fields = NULL;
  if (!s->insert) return 0;
  /* The judge's one table: insert into ? using st tags(?) values(?,?,?), or values(?,?,?) alone: ts TIMESTAMP, v INT, s VARCHAR(20); tag INT. */
  static const TAOS_FIELD_ALL all[] = {
    { "tbname", 8, 0, 0, 270, 4 }, { "tag", 4, 0, 0, 4, 2 }, { "ts", 9, 0, 0, 8, 1 }, { "v", 4, 0, 0, 4, 1 }, { "s", 8, 0, 0, 22, 1 },
  };
  *fields = malloc(sizeof all);
  memcpy(*fields, s->count == 5 ? all : all + 2, (size_t)s->count * sizeof(TAOS_FIELD_ALL));
  return 0;
}
void taos_stmt2_free_fields(void *handle_, TAOS_FIELD_ALL *fields) { check(handle_, STATEMENT); free(fields); }
static void describe(char *line, size_t size, const TAOS_STMT2_BIND *b) {
  size_t at = strlen(line);
  at += snprintf(line + at, size - at, " [type=%d num=%d", b->buffer_type, b->num);
  const char *data = b->buffer;
  for (int i = 0; i < b->num && at < size - 64; i++) {
    if (b->is_null != NULL && b->is_null[i]) { at += snprintf(line + at, size - at, " NULL"); if (b->length != NULL && data != NULL) data += 0; continue; }
    switch (b->buffer_type) {
      case 9: case 5: at += snprintf(line + at, size - at, " %lld", (long long)((const int64_t *)b->buffer)[i]); break;
      case 4: at += snprintf(line + at, size - at, " %d", ((const int32_t *)b->buffer)[i]); break;
      case 7: at += snprintf(line + at, size - at, " %g", ((const double *)b->buffer)[i]); break;
      case 1: at += snprintf(line + at, size - at, " %d", ((const int8_t *)b->buffer)[i]); break;
      default: {
        at += snprintf(line + at, size - at, " '%.*s'", b->length[i], data);
        data += b->length[i];
      }
    }
  }
  snprintf(line + at, size - at, "]");
}
int taos_stmt2_bind_param(void *handle_, TAOS_STMT2_BINDV *v, int32_t column) {
  if (!check(handle_, STATEMENT)) return (int)0x8000022A;
  Statement *s = handle_;
  char line[4096];
  snprintf(line, sizeof line, "taos_stmt2_bind_param tables=%d column=%d", v->count, column);
  int named = s->insert && s->count == 5 ? 1 : 0;
  for (int t = 0; t < v->count; t++) {
    if (v->tbnames != NULL) { strncat(line, " ", sizeof line - strlen(line) - 1); strncat(line, v->tbnames[t], sizeof line - strlen(line) - 1); }
    if (v->tags != NULL && named) describe(line, sizeof line, v->tags[t]);
    for (int c = 0; c < s->count - 2 * named; c++) describe(line, sizeof line, &v->bind_cols[t][c]);
    s->rows += v->bind_cols[t][0].num;
  }
  note(line);
  return 0;
}
static void endResult(Result *r) {
  if (r->current) { memset(r->current, 0xEE, 28); free(r->current); r->current = NULL; }
  release(r, RESULT, K_RESULT);
}
int taos_stmt2_exec(void *handle_, int *affected) {
  if (!check(handle_, STATEMENT)) return (int)0x8000022A;
  Statement *s = handle_;
  enter(s, STATEMENT, true);
  note("taos_stmt2_exec");
  if (s->sql != NULL && strstr(s->sql, "sleep") != NULL) usleep(100000);
  if (s->result != NULL) { endResult(s->result); s->result = NULL; }
  *affected = s->insert ? s->rows : 0;
  s->rows = 0;
  s->executed = true;
  leave(s);
  return 0;
}
void *taos_stmt2_result(void *handle_) {
  if (!check(handle_, STATEMENT)) return NULL;
  Statement *s = handle_;
  if (s->insert || !s->executed) { snprintf(s->error, sizeof s->error, "stmt is insert, no result set"); return NULL; }
  Record *r = find(s->sql);
  if (s->result != NULL) return s->result;
  return s->result = result(r);
}
const char *taos_stmt2_error(void *handle_) { return check(handle_, STATEMENT) ? ((Statement *)handle_)->error : "Stmt API usage error"; }
int taos_stmt2_close(void *handle_) {
  if (handle_ != NULL && ((Head *)handle_)->magic == STATEMENT) {
    Statement *s = handle_;
    /* the result of a query statement belongs to it */
    if (s->result != NULL) { endResult(s->result); s->result = NULL; }
    free(s->sql);
    s->sql = NULL;
  }
  note("taos_stmt2_close");
  release(handle_, STATEMENT, K_STATEMENT);
  return 0;
}

#endif

/* --- consumers: messages come from the file named by TAOS_JUDGE_MESSAGES: i32 result type, i32 raw type, u32 length, bytes --- */
typedef struct { Head head; bool subscribed; int32_t next; int64_t committed; int64_t seek; Connection connection; } Consumer;
typedef struct { Head head; int count; char *names[16]; } List;
typedef struct { int32_t type; int32_t raw; uint32_t length; char *bytes; } Stored;
static Stored stored[64];
static int storedCount = -1;

static void loadMessages(void) {
  pthread_mutex_lock(&lock);
  if (storedCount < 0) {
    storedCount = 0;
    const char *path = getenv("TAOS_JUDGE_MESSAGES");
    FILE *f = path == NULL ? NULL : fopen(path, "rb");
    int c;
    while (f != NULL && storedCount < 64 && (c = fgetc(f)) != EOF) {
      ungetc(c, f);
      Stored *m = &stored[storedCount++];
      m->type = (int32_t)u32(f); m->raw = (int32_t)u32(f); m->length = u32(f); m->bytes = malloc(m->length + 1);
      if (m->length && fread(m->bytes, 1, m->length, f) != m->length) break;
    }
    if (f != NULL) fclose(f);
  }
  pthread_mutex_unlock(&lock);
}
void *tmq_conf_new(void) { return handle(sizeof(Head), CONF, K_CONF); }
int tmq_conf_set(void *conf, const char *key, const char *value) {
  if (!check(conf, CONF)) return -1;
  if (strcmp(key, "td.connect.pass") != 0) {
    char line[300];
    snprintf(line, sizeof line, "tmq_conf_set %s=%.200s", key, value);
    note(line);
  }
  if (strcmp(key, "no.such.key") == 0) return -2;
  if (strcmp(key, "auto.offset.reset") == 0 && strcmp(value, "earliest") && strcmp(value, "latest") && strcmp(value, "none")) return -1;
  return 0;
}
void tmq_conf_destroy(void *conf) { release(conf, CONF, K_CONF); }
void *tmq_list_new(void) { return handle(sizeof(List), LIST, K_LIST); }
int32_t tmq_list_append(void *list, const char *name) {
  if (!check(list, LIST)) return -1;
  List *l = list;
  if (l->count < 16) l->names[l->count++] = strdup(name);
  return 0;
}
int32_t tmq_list_get_size(void *list) { return check(list, LIST) ? ((List *)list)->count : 0; }
char **tmq_list_to_c_array(void *list) { return check(list, LIST) ? ((List *)list)->names : NULL; }
void tmq_list_destroy(void *list) {
  if (list != NULL && ((Head *)list)->magic == LIST) for (int i = 0; i < ((List *)list)->count; i++) free(((List *)list)->names[i]);
  release(list, LIST, K_LIST);
}
void *tmq_consumer_new(void *conf, char *text, int32_t size) {
  (void)text; (void)size;
  loadMessages();
  if (!check(conf, CONF)) return NULL;
  Consumer *c = handle(sizeof *c, CONSUMER, K_CONSUMER);
  c->connection.head.magic = CONNECTION;
  return c;
}
void *tmq_get_connect(void *c) { return check(c, CONSUMER) ? &((Consumer *)c)->connection : NULL; }
int32_t tmq_subscribe(void *c, void *list) {
  if (!check(c, CONSUMER) || !check(list, LIST)) return (int32_t)0x80004002;
  if (strcmp(((List *)list)->names[0], "nosuch") == 0) return (int32_t)0x800003E1;
  ((Consumer *)c)->subscribed = true;
  return 0;
}
int32_t tmq_unsubscribe(void *c) { if (!check(c, CONSUMER)) return (int32_t)0x80004002; ((Consumer *)c)->subscribed = false; return 0; }
int32_t tmq_subscription(void *c, void **list) {
  if (!check(c, CONSUMER)) return (int32_t)0x80004002;
  *list = tmq_list_new();
  return tmq_list_append(*list, "topic");
}
static int64_t slowPoll(void) { const char *slow = getenv("TAOS_JUDGE_SLOW_POLL"); return slow == NULL ? 20 : atoi(slow); }
static void *pollOnce(Consumer *consumer, int64_t timeout);
void *tmq_consumer_poll(void *c, int64_t timeout) {
  fail(0, "");
  if (!check(c, CONSUMER)) { fail((int)0x80004002, "Consumer is closed state"); return NULL; }
  Consumer *consumer = c;
  enter(c, CONSUMER, true);
  void *message = pollOnce(consumer, timeout);
  leave(c);
  return message;
}
static void *pollOnce(Consumer *consumer, int64_t timeout) {
  if (!consumer->subscribed) { fail((int)0x80004010, "Consumer not initialized"); return NULL; }
  if (consumer->next >= storedCount) { usleep((useconds_t)(timeout > slowPoll() ? slowPoll() : timeout) * 1000); return NULL; }
  if (getenv("TAOS_JUDGE_SLOW_POLL") != NULL) usleep((useconds_t)slowPoll() * 1000);
  Result *r = result(NULL);
  r->code = 0; r->message = ""; r->offset = consumer->next; r->message_ = true;
  consumer->next++;
  return r;
}
int32_t tmq_consumer_close(void *c) { release(c, CONSUMER, K_CONSUMER); return 0; }
int tmq_get_res_type(void *r) { return check(r, RESULT) ? stored[((Result *)r)->offset].type : -1; }
const char *tmq_get_topic_name(void *r) { return check(r, RESULT) ? "topic" : NULL; }
const char *tmq_get_db_name(void *r) { return check(r, RESULT) ? "judge" : NULL; }
int32_t tmq_get_vgroup_id(void *r) { return check(r, RESULT) ? 2 : -1; }
int64_t tmq_get_vgroup_offset(void *r) { return check(r, RESULT) ? ((Result *)r)->offset : -1; }
int32_t tmq_get_raw(void *r, tmq_raw_data *raw) {
  if (!check(r, RESULT)) return -1;
  Stored *m = &stored[((Result *)r)->offset];
  raw->raw = malloc(m->length); memcpy(raw->raw, m->bytes, m->length); raw->raw_len = m->length; raw->raw_type = (uint16_t)m->raw;
  return 0;
}
void tmq_free_raw(tmq_raw_data raw) { if (raw.raw != NULL) { memset(raw.raw, 0xEE, raw.raw_len); free(raw.raw); } }
int32_t tmq_write_raw(void *c, tmq_raw_data raw) {
  char line[100];
  snprintf(line, sizeof line, "tmq_write_raw type=%d bytes=%u", raw.raw_type, raw.raw_len);
  note(line);
  return check(c, CONNECTION) ? 0 : (int32_t)0x8000020B;
}
char *tmq_get_json_meta(void *r) { return check(r, RESULT) ? strdup("{\"type\":\"drop\",\"tableType\":\"super\",\"tableName\":\"st\"}") : NULL; }
void tmq_free_json_meta(char *text) { free(text); }
int32_t tmq_commit_sync(void *c, void *message) { (void)message; if (!enter(c, CONSUMER, true)) return (int32_t)0x80004002; leave(c); ((Consumer *)c)->committed = ((Consumer *)c)->next; note("tmq_commit_sync"); return 0; }
int32_t tmq_commit_offset_sync(void *c, const char *topic, int32_t vgroup, int64_t offset) { (void)topic; (void)vgroup; if (!check(c, CONSUMER)) return (int32_t)0x80004002; ((Consumer *)c)->committed = offset; return 0; }
int64_t tmq_committed(void *c, const char *topic, int32_t vgroup) { (void)topic; (void)vgroup; return !check(c, CONSUMER) ? (int32_t)0x80004002 : ((Consumer *)c)->committed == 0 ? (int32_t)0x80004011 : ((Consumer *)c)->committed; }
int64_t tmq_position(void *c, const char *topic, int32_t vgroup) { (void)topic; (void)vgroup; return check(c, CONSUMER) ? ((Consumer *)c)->next : (int32_t)0x80004002; }
int32_t tmq_offset_seek(void *c, const char *topic, int32_t vgroup, int64_t offset) {
  (void)topic; (void)vgroup;
  if (!enter(c, CONSUMER, true)) return (int32_t)0x80004002;
  leave(c);
  if (offset < 0 || offset > storedCount) return (int32_t)0x80004007;
  ((Consumer *)c)->next = (int32_t)offset;
  return 0;
}
int32_t tmq_get_topic_assignment(void *c, const char *topic, tmq_topic_assignment **list, int32_t *count) {
  (void)topic;
  if (!check(c, CONSUMER)) return (int32_t)0x80004002;
  *list = calloc(1, sizeof **list); *count = 1;
  (*list)->vgId = 2; (*list)->currentOffset = ((Consumer *)c)->next; (*list)->begin = 0; (*list)->end = storedCount;
  return 0;
}
void tmq_free_assignment(tmq_topic_assignment *list) { free(list); }
const char *tmq_err2str(int32_t code) { return code == (int32_t)0x80004007 ? "Offset out of range" : code == (int32_t)0x800003E1 ? "Topic not exist" : "tmq error"; }

#ifdef TAOSPY
/* What TDengine's Python client needs besides, for the bench that compares with it: blocks as columns of pointers. */
static void point(Result *r, char *block) {
  int rows, columns;
  memcpy(&rows, block + 8, 4); memcpy(&columns, block + 12, 4);
  const char *lengths = block + 28 + 5 * columns;
  char *at = (char *)lengths + 4 * columns;
  for (int c = 0; c < columns && c < 64; c++) {
    int32_t length;
    memcpy(&length, lengths + 4 * c, 4);
    int8_t type = block[28 + 5 * c];
    bool variable = type == 8 || type == 10 || type == 15 || type == 16 || type == 18 || type == 20;
    r->head_[c] = at;
    at += variable ? 4 * rows : (rows + 7) / 8;
    r->data_[c] = at;
    at += length;
  }
  r->rows_ = rows;
}
int taos_fetch_block(void *res, void ***out) {
  int rows = 0;
  void *data = NULL;
  if (taos_fetch_raw_block(res, &rows, &data) != 0 || rows == 0) return 0;
  point(res, data);
  *out = (void **)((Result *)res)->data_;
  return rows;
}
int *taos_get_column_data_offset(void *res, int column) { return (int *)((Result *)res)->head_[column]; }
int taos_is_null_by_column(void *res, int column, bool result_[], int *rows) {
  const uint8_t *bits = (const uint8_t *)((Result *)res)->head_[column];
  for (int i = 0; i < *rows; i++) result_[i] = (bits[i >> 3] >> (7 - (i & 7))) & 1;
  return 0;
}
bool taos_is_null(void *res, int row, int column) { return (((const uint8_t *)((Result *)res)->head_[column])[row >> 3] >> (7 - (row & 7))) & 1; }
void *taos_query(void *c, const char *sql) { return taos_query_with_reqid(c, sql, 0); }
void taos_cleanup(void) {}
void *taos_connect_auth(void) { return NULL; }
void *taos_fetch_lengths(void) { return NULL; }
void *taos_fetch_row(void) { return NULL; }
void taos_fetch_rows_a(void) {}
int taos_print_row(void) { return 0; }
void taos_query_a(void) {}
int taos_stmt_close(void) { return 0; }
void *taos_stmt_init(void) { return NULL; }
int taos_stmt_prepare(void) { return 0; }
#endif

/* --- what was seen --- */
const char *taos_judge_report(void) {
  static char report[1024];
  snprintf(report, sizeof report,
    "{\"calls\":%ld,\"stops\":%ld,\"freedBusy\":%ld,\"atOnce\":%ld,\"confs\":%ld,\"lists\":%ld,\"doubleFrees\":%ld,\"useAfterFree\":%ld,\"wrongHandle\":%ld,\"nullHandle\":%ld,"
    "\"connections\":%ld,\"results\":%ld,\"statements\":%ld,\"consumers\":%ld,\"opened\":%ld}",
    calls, stops, freedBusy, atOnce, opened[K_CONF] - closed[K_CONF], opened[K_LIST] - closed[K_LIST], doubleFrees, useAfterFree, wrongHandle, nullHandle, opened[K_CONNECTION] - closed[K_CONNECTION],
    opened[K_RESULT] - closed[K_RESULT], opened[K_STATEMENT] - closed[K_STATEMENT], opened[K_CONSUMER] - closed[K_CONSUMER], opened[K_RESULT]);
  return report;
}
/* At the end of the process, for tests of its last moments. */
__attribute__((destructor)) static void last(void) { if (getenv("TAOS_JUDGE_LAST") != NULL) { fputs(taos_judge_report(), stdout); fflush(stdout); } }
const char *taos_judge_calls(void) { return lastCalls; }
void taos_judge_reset(void) { pthread_mutex_lock(&lock); lastCalls[0] = 0; calls = 0; pthread_mutex_unlock(&lock); }
