// The examples of RFC 7541, Appendix C.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace podwire::test {

struct ExampleBlock {
  std::string hex;
  std::string fields;              // as lines() has them
  std::vector<std::string> table;  // the dynamic table after it, newest first
  std::uint32_t table_bytes = 0;   // and its size (section 4.1)
};

// The blocks of one connection.
struct Example {
  std::string section;
  std::uint32_t capacity = 4'096;
  std::vector<ExampleBlock> blocks;
};

inline std::vector<Example> appendix_c() {
  const std::string first_request = ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\n";
  const std::string second_request = first_request + "cache-control: no-cache\n";
  const std::string third_request =
      ":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\ncustom-key: custom-value\n";
  const std::string authority = ":authority: www.example.com\n";
  const std::string no_cache = "cache-control: no-cache\n";
  const std::string custom = "custom-key: custom-value\n";

  const std::string found = ":status: 302\n";
  const std::string redirect = ":status: 307\n";
  const std::string is_private = "cache-control: private\n";
  const std::string date_21 = "date: Mon, 21 Oct 2013 20:13:21 GMT\n";
  const std::string date_22 = "date: Mon, 21 Oct 2013 20:13:22 GMT\n";
  const std::string location = "location: https://www.example.com\n";
  const std::string gzip = "content-encoding: gzip\n";
  const std::string cookie = "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1\n";
  const std::string third_response = ":status: 200\n" + is_private + date_22 + location + gzip + cookie;

  return {
      {"C.2.1",
       4'096,
       {{"400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
         "custom-key: custom-header\n",
         {"custom-key: custom-header\n"},
         55}}},
      {"C.2.2", 4'096, {{"040c 2f73 616d 706c 652f 7061 7468", ":path: /sample/path\n", {}, 0}}},
      {"C.2.3", 4'096, {{"1008 7061 7373 776f 7264 0673 6563 7265 74", "password: secret\n", {}, 0}}},
      {"C.2.4", 4'096, {{"82", ":method: GET\n", {}, 0}}},
      {"C.3",
       4'096,
       {{"8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", first_request, {authority}, 57},
        {"8286 84be 5808 6e6f 2d63 6163 6865", second_request, {no_cache, authority}, 110},
        {"8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
         third_request,
         {custom, no_cache, authority},
         164}}},
      {"C.4",
       4'096,
       {{"8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", first_request, {authority}, 57},
        {"8286 84be 5886 a8eb 1064 9cbf", second_request, {no_cache, authority}, 110},
        {"8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
         third_request,
         {custom, no_cache, authority},
         164}}},
      {"C.5",
       256,
       {{"4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 "
         "474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
         found + is_private + date_21 + location,
         {location, date_21, is_private, found},
         222},
        {"4803 3330 37c1 c0bf",
         redirect + is_private + date_21 + location,
         {redirect, location, date_21, is_private},
         222},
        {"88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 "
         "666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 "
         "3630 303b 2076 6572 7369 6f6e 3d31",
         third_response,
         {cookie, gzip, date_22},
         215}}},
      {"C.6",
       256,
       {{"4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 "
         "63c7 8f0b 97c8 e9ae 82ae 43d3",
         found + is_private + date_21 + location,
         {location, date_21, is_private, found},
         222},
        {"4883 640e ffc1 c0bf",
         redirect + is_private + date_21 + location,
         {redirect, location, date_21, is_private},
         222},
        {"88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 "
         "b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07",
         third_response,
         {cookie, gzip, date_22},
         215}}},
  };
}

}  // namespace podwire::test
