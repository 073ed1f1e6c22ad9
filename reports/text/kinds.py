"""The two kinds of report, after the published speeches of 兰州 and 庆阳. A new sentence is one more `say`."""

from reports.text.claims import everyone_is_in_a_committee, party_members_are_in_their_groups
from reports.text.sentences import MAIN, OWN, Kind, Section, about, each_model_studio, exactly, paragraph, say

TYPICAL_CASES, SHORTCOMINGS = "典型案例", "存在不足"

BY_MECHANISM = Kind(
    "lanzhou",
    "机制型",
    ("健全完善制度机制", "推进委员联系界别群众工作"),
    paragraph(
        say("{main}，{short}以健全完善制度机制为重点，推进委员联系界别群众工作。"),
        say(
            "{whole}{reception_studios}委员工作室开展了接待日活动，接待群众来访{visits}，登记帮办事项{cases_registered}。",
            reception_studios=exactly(MAIN), visits=exactly(MAIN), cases_registered=exactly(MAIN),
        ),
    ),
    (
        Section(
            "筑牢基础，强化组织保障机制",
            (
                paragraph(
                    say(
                        "建立党员委员活动小组，将委员中的{party_members}中共党员全部纳入，使党员委员在政协有了活动阵地。",
                        needs=("party_members",), party_members=exactly(scope=OWN),
                        holds=party_members_are_in_their_groups,
                        otherwise=say("委员中有中共党员{party_members}。", party_members=exactly(scope=OWN)),
                    ),
                    say(
                        "开展“委员全员入委”工作，将{sectors}界别{members}委员全部编入{special_committees}专委会，"
                        "为构建专委会联系委员、委员联系群众工作机制创造了条件。",
                        needs=("sectors", "members", "special_committees"),
                        sectors=exactly(scope=OWN), members=exactly(scope=OWN), special_committees=exactly(scope=OWN),
                        holds=everyone_is_in_a_committee,
                        otherwise=say(
                            "现有{sectors}界别{members}委员，设立专委会{special_committees}。",
                            sectors=exactly(scope=OWN), members=exactly(scope=OWN),
                            special_committees=exactly(scope=OWN),
                        ),
                    ),
                    say("{main}，{own}领导到各联系点开展工作{leader_visits}。", leader_visits=exactly(MAIN, OWN)),
                ),
                paragraph(
                    say(
                        "目前，{offices}已经建立{studios}委员工作室，开展委员接待日活动{reception_days}，"
                        "委员联系服务界别群众{people_served_studio}，帮办实事{matters_studio}，联系界别群众工作取得新成效。",
                        studios=exactly(), reception_days=exactly(MAIN),
                        people_served_studio=about(MAIN, hedge="余"), matters_studio=exactly(MAIN),
                    ),
                ),
            ),
        ),
        Section(
            "汇聚合力，打造联动运行机制",
            (
                paragraph(
                    say(
                        "把驻在{place}的全国、省、市、县四级共{members_based_here}委员纳入工作范围，有效壮大了联系界别群众的工作合力。",
                        needs=("members_based_here",), members_based_here=about(),
                    ),
                    say(
                        "{ytd}，配合{above}开展助力活动{assistance}，把政协协调资源、凝聚合力的优势转化为发展的推动力。",
                        needs=("assistance",), assistance=about("ytd", OWN),
                    ),
                ),
                paragraph(
                    say(
                        "目前已经举办“倾听委员之声”活动{listening_sessions}，形成综合调研报告{listening_reports}，"
                        "委员建言材料{suggestion_papers}，委员、专家及各界人士和群众代表的意见建议{suggestions}，"
                        "为党政决策提供了重要参考。",
                        needs=("listening_sessions",), listening_sessions=exactly(), listening_reports=exactly(),
                        suggestion_papers=exactly(), suggestions=about(),
                    ),
                ),
            ),
        ),
        Section(
            "以点带面，构建典型引路机制",
            (
                each_model_studio(
                    say("由{team_members}委员组成。", team_members=exactly()),
                    say(
                        "{main}，联系服务群众{people_served}，帮办实事{matters}。",
                        people_served=about(MAIN), matters=exactly(MAIN),
                    ),
                    say(
                        "{ytd}，帮助{enterprises_financed}企业融资{financing}，培训员工{trained}，协调{exhibitors}企业参加展会。",
                        enterprises_financed=exactly("ytd"), financing=exactly("ytd"), trained=about("ytd"),
                        exhibitors=exactly("ytd"),
                    ),
                ),
            ),
        ),
    ),
    "下一步，我们将进一步探索和健全完善委员联系界别群众的工作机制，延伸联系链条，扩大工作覆盖面，团结界别群众心往一处想、"
    "劲往一处使，更好承担起“落实下去、凝聚起来”的政治责任。",
)  # fmt: skip

BY_PLATFORM = Kind(
    "qingyang",
    "平台型",
    ("搭平台 建机制 求实效", "推动委员联系服务界别群众工作走深走实"),
    paragraph(
        say(
            "{main}，{short}把委员联系界别群众作为延伸基层协商触角、提升基层治理效能的主要抓手，"
            "不断拓展联系界别群众的广度和深度。"
        ),
        say(
            "{whole}接待群众来访{visits}，登记帮办事项{cases_registered}。",
            visits=exactly(MAIN), cases_registered=exactly(MAIN),
        ),
    ),
    (
        Section(
            "围绕“怎么联”，搭建委员联系界别群众工作平台",
            (
                paragraph(
                    say(
                        "着眼全方位联系界别群众，重点抓好委员工作室建设，截至目前，{whole}共建成委员工作室{studios}。",
                        studios=exactly(),
                    ),
                    say(
                        "选取影响力大、组织能力强、履职水平高的{leads}委员担任委员工作室负责人，打造彰显政协优势、凸显界别特色的委员工作室。",
                        needs=("leads",), leads=exactly(),
                    ),
                    say(
                        "{ytd}，{part}专列{funds}作为委员联系界别群众工作经费。", example="funds", funds=exactly("ytd"),
                    ),
                ),
            ),
        ),
        Section(
            "围绕“联得实”，健全委员联系界别群众工作机制",
            (
                paragraph(
                    say(
                        "指导委员工作室建立接待日制度，收集群众所思所想所盼，目前，开展接待日活动{reception_days}，"
                        "联系群众{reception_people}。",
                        reception_days=about(), reception_people=about(),
                    ),
                ),
            ),
        ),
        Section(
            "围绕“联得好”，提升委员联系界别群众工作实效",
            (
                paragraph(
                    say(
                        "{since_last_year}，{whole}{members}委员进企业、进农村、进社区，开展政策宣讲{policy_talks}。",
                        needs=("policy_talks", "members"), members=about(), policy_talks=about("since_last_year"),
                    ),
                    say(
                        "{part}依托{public_service_studios}委员工作室开展政策咨询、法律援助等公益活动{public_service}。",
                        example="public_service", public_service_studios=exactly("since_last_year"),
                        public_service=exactly("since_last_year"),
                    ),
                ),
                paragraph(
                    say(
                        "聚焦乡村建设、社会治理等方面，掌握基层情况，了解群众呼声，{since_last_year}，"
                        "{part}开展协商议事{consultations}，协商落实各种事项{matters_settled}。",
                        example="consultations", consultations=exactly("since_last_year"),
                        matters_settled=about("since_last_year", hedge="余"),
                    ),
                ),
                paragraph(
                    say(
                        "引导委员深入群众、了解民情、落实政策，{y1}，{whole}政协委员为群众帮办实事{matters}。",
                        matters=about("y1"),
                    ),
                ),
            ),
        ),
    ),
    "下一步，我们将进一步加强思想政治引领，激发委员履职活力，完善基层协商机制，推动委员联系界别群众行动提质增效，"
    "为助推经济社会高质量发展贡献政协智慧和力量。",
)  # fmt: skip

# The first is what an organisation uses that has chosen none.
KINDS = (BY_MECHANISM, BY_PLATFORM)
KIND = {kind.code: kind for kind in KINDS}
